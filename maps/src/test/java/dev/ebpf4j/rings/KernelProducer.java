package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
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
import org.jspecify.annotations.Nullable;

/** A real ring buffer, and a real program that writes the number it is given into it, run by BPF_PROG_TEST_RUN. */
final class KernelProducer implements AutoCloseable {
    private static final int BPF_F_SLEEPABLE = 16;
    private static final int RINGBUF_OUTPUT = 130;

    final BpfMap map;
    private final Fd program;
    private final Sys sys = Sys.host();

    KernelProducer() {
        this(256 * 1024);
    }

    /** Makes map and program, or aborts the test where this process may not. */
    KernelProducer(int size) {
        map = KernelMaps.create(SyntheticRing.spec(size));
        Fd loaded = load();
        if (loaded == null) {
            map.close();
            loaded = abort("needs programs of type SYSCALL (Linux 5.14) and the right to load them");
        }
        program = loaded;
    }

    /** {@code long v = *(long *)context; return bpf_ringbuf_output(&ring, &v, 8, 0);} */
    private static long[] program(int ring) {
        return new long[] {
            insn(0x79, 2, 1, 0, 0),
            insn(0x7b, 10, 2, -8, 0),
            insn(0x18, 1, 1, 0, ring),
            insn(0, 0, 0, 0, 0),
            insn(0xbf, 2, 10, 0, 0),
            insn(0x07, 2, 0, 0, -8),
            insn(0xb7, 3, 0, 0, 8),
            insn(0xb7, 4, 0, 0, 0),
            insn(0x85, 0, 0, 0, RINGBUF_OUTPUT),
            insn(0x95, 0, 0, 0, 0)
        };
    }

    private static long insn(int opcode, int dst, int src, int offset, int imm) {
        return opcode | (long) dst << 8 | (long) src << 12 | (offset & 0xffffL) << 16 | (long) imm << 32;
    }

    private @Nullable Fd load() {
        try (Arena arena = Arena.ofConfined()) {
            long[] code = program(map.fd());
            MemorySegment attr = arena.allocate(ProgLoad.BYTES, 8);
            attr.set(JAVA_INT, ProgLoad.PROG_TYPE, ProgType.BPF_PROG_TYPE_SYSCALL);
            attr.set(JAVA_INT, ProgLoad.INSN_CNT, code.length);
            attr.set(
                    JAVA_LONG,
                    ProgLoad.INSNS,
                    arena.allocateFrom(JAVA_LONG, code).address());
            attr.set(JAVA_LONG, ProgLoad.LICENSE, arena.allocateFrom("GPL").address());
            attr.set(JAVA_INT, ProgLoad.PROG_FLAGS, BPF_F_SLEEPABLE);
            long fd = sys.bpf(Cmd.BPF_PROG_LOAD, attr, ProgLoad.BYTES);
            assertTrue(fd >= 0 || Errno.of(fd).is(Errno.EPERM) || Errno.of(fd).is(Errno.EINVAL), "load: " + fd);
            return fd < 0 ? null : new Fd(sys, fd);
        }
    }

    /** Sends one record of 8 bytes; false if the ring is full. */
    boolean send(long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ProgTestRun.BYTES, 8);
            attr.set(JAVA_INT, ProgTestRun.PROG_FD, program.fd());
            attr.set(
                    JAVA_LONG,
                    ProgTestRun.CTX_IN,
                    arena.allocateFrom(JAVA_LONG, value).address());
            attr.set(JAVA_INT, ProgTestRun.CTX_SIZE_IN, Long.BYTES);
            long result = sys.bpf(Cmd.BPF_PROG_TEST_RUN, attr, ProgTestRun.BYTES);
            assertTrue(result == 0, "run: " + result);
            return attr.get(JAVA_INT, ProgTestRun.RETVAL) == 0;
        }
    }

    /** Sends {@code count} records with the numbers from {@code first} on. */
    int send(int first, int count) {
        int sent = 0;
        while (sent < count && send(first + sent)) {
            sent++;
        }
        return sent;
    }

    @Override
    public void close() {
        program.close();
        map.close();
    }
}
