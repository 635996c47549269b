package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.KernelMaps;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.BpfAttr.ProgTestRun;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.Uapi.ProgType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real program that writes records, run by BPF_PROG_TEST_RUN on one thread, while another one polls. */
@Timeout(120)
class KernelRingBufferTest {
    private static final int BPF_F_SLEEPABLE = 16;
    private static final int RINGBUF_OUTPUT = 130;
    private static final int RECORDS = 5000;

    /** {@code long v = 0x1234567; bpf_ringbuf_output(&ring, &v, 8, 0); return 0;} */
    private static long[] program(int ring) {
        return new long[] {
            insn(0x7a, 10, 0, -8, 0x1234567),
            insn(0x18, 1, 1, 0, ring),
            insn(0, 0, 0, 0, 0),
            insn(0xbf, 2, 10, 0, 0),
            insn(0x07, 2, 0, 0, -8),
            insn(0xb7, 3, 0, 0, 8),
            insn(0xb7, 4, 0, 0, 0),
            insn(0x85, 0, 0, 0, RINGBUF_OUTPUT),
            insn(0xb7, 0, 0, 0, 0),
            insn(0x95, 0, 0, 0, 0)
        };
    }

    private static long insn(int opcode, int dst, int src, int offset, int imm) {
        return opcode | (long) dst << 8 | (long) src << 12 | (offset & 0xffffL) << 16 | (long) imm << 32;
    }

    private static Fd load(Sys sys, Arena arena, int ring) {
        long[] code = program(ring);
        MemorySegment attr = arena.allocate(ProgLoad.BYTES, 8);
        attr.set(JAVA_INT, ProgLoad.PROG_TYPE, ProgType.BPF_PROG_TYPE_SYSCALL);
        attr.set(JAVA_INT, ProgLoad.INSN_CNT, code.length);
        attr.set(JAVA_LONG, ProgLoad.INSNS, arena.allocateFrom(JAVA_LONG, code).address());
        attr.set(JAVA_LONG, ProgLoad.LICENSE, arena.allocateFrom("GPL").address());
        attr.set(JAVA_INT, ProgLoad.PROG_FLAGS, BPF_F_SLEEPABLE);
        long fd = sys.bpf(Cmd.BPF_PROG_LOAD, attr, ProgLoad.BYTES);
        return fd < 0
                ? abort("needs programs of type SYSCALL (Linux 5.14) and the right to load them: " + Errno.of(fd))
                : new Fd(sys, fd);
    }

    private static int produce(Sys sys, int program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ProgTestRun.BYTES, 8);
            attr.set(JAVA_INT, ProgTestRun.PROG_FD, program);
            for (int i = 0; i < RECORDS; i++) {
                assertEquals(0, sys.bpf(Cmd.BPF_PROG_TEST_RUN, attr, ProgTestRun.BYTES));
            }
            return RECORDS;
        }
    }

    /** The kernel wakes the consumer only when it has caught up, so one lost wake-up would end this by the time-out. */
    @Test
    void noWakeUpIsLost() {
        try (BpfMap map = KernelMaps.create(SyntheticRing.spec(256 * 1024));
                RingBuffer buffer = RingBuffer.open(map);
                Arena arena = Arena.ofConfined();
                Fd program = load(Sys.host(), arena, map.fd())) {
            int fd = program.fd();
            CompletableFuture<Integer> produced = CompletableFuture.supplyAsync(() -> produce(Sys.host(), fd));
            int seen = 0;
            while (seen < RECORDS) {
                int count = buffer.poll(Duration.ofSeconds(100), event -> {
                    assertEquals(8, event.size());
                    assertEquals(0x1234567L, event.getLong(0));
                });
                seen += count;
                assertTrue(count > 0, "a poll that timed out missed a wake-up");
            }
            assertEquals(RECORDS, produced.join());
            assertEquals(RECORDS, seen);
        }
    }
}
