package dev.ebpf4j.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.rings.EventConsumer;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which records wake, and several ring buffers of the kernel in one consumer. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
@Timeout(120)
class RingBufferFlagsTest {
    private static final long ADAPTIVE = 0;
    private static final long NO_WAKEUP = 1;
    private static final long FORCE_WAKEUP = 2;
    private static final int TEN_SECONDS = 10_000;

    private static final String SOURCE = """
        // SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
        typedef unsigned long long __u64;
        #define SEC(name) __attribute__((section(name), used))
        #define __uint(name, val) int (*name)[val]

        static long (*const output)(void *ring, void *data, __u64 size, __u64 flags) = (void *)130;

        struct {
        	__uint(type, 27);
        	__uint(max_entries, 4096);
        } first SEC(".maps"), second SEC(".maps");

        struct request {
        	__u64 value, flags, second;
        };

        SEC("syscall")
        int emit(struct request *request)
        {
        	__u64 value = request->value;

        	if (request->second)
        		return output(&second, &value, sizeof(value), request->flags);
        	return output(&first, &value, sizeof(value), request->flags);
        }

        char LICENSE[] SEC("license") = "GPL";
        """;

    private static ObjectSpec spec;

    private final List<Long> seen = new ArrayList<>();
    private final EventConsumer collect = event -> seen.add(event.getLong(0));

    @BeforeAll
    static void compile() throws IOException {
        spec = ElfReader.read(
                Clang.find()
                        .compile(CompileRequest.of("flags.bpf.c", SOURCE).build())
                        .toBytes(),
                "flags");
    }

    private static void emit(LoadedObject object, boolean second, long value, long flags) {
        byte[] request = ByteBuffer.allocate(24)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .putLong(flags)
                .putLong(second ? 1 : 0)
                .array();
        assertEquals(
                0, object.program("emit").testRun(TestRun.onContext(request)).returnValue());
    }

    /** How many descriptors are ready: the ring's, if epoll was told of a record. */
    private static long ready(RingBuffer buffer, int millis) {
        try (Arena arena = Arena.ofConfined()) {
            EpollEvents events = new EpollEvents(Sys.host().arch(), arena, 4);
            return Sys.host().epollWait(buffer.epollFd(), events, millis);
        }
    }

    /** Test R3, parity row 52. */
    @Test
    void theFlagDecidesWhetherEpollHearsOfARecord() {
        try (LoadedObject object = BpfLoader.load(spec);
                RingBuffer buffer = RingBuffer.open(object.map("first"))) {
            emit(object, false, 1, NO_WAKEUP);
            assertEquals(0, ready(buffer, 0), "epoll stays silent");
            assertEquals(1, buffer.consume(collect), "but the record is there");
            emit(object, false, 2, NO_WAKEUP);
            emit(object, false, 3, ADAPTIVE);
            assertEquals(0, ready(buffer, 0), "a record wakes only if the consumer has come to it");
            emit(object, false, 4, FORCE_WAKEUP);
            assertEquals(1, ready(buffer, TEN_SECONDS));
            assertEquals(3, buffer.poll(Duration.ofSeconds(10), collect));
            emit(object, false, 5, ADAPTIVE);
            assertEquals(1, ready(buffer, TEN_SECONDS));
            assertEquals(1, buffer.poll(Duration.ofSeconds(10), collect));
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L), seen);
        }
    }

    /** Parity row 52, trap 4: 3 and 5 records, taken 0, 1, 4 and all at a time. */
    @Test
    void limitsHoldOverSeveralRings() {
        try (LoadedObject object = BpfLoader.load(spec);
                RingBuffer buffer = RingBuffer.open(object.map("first"), object.map("second"))) {
            for (int i = 0; i < 5; i++) {
                emit(object, true, 10 + i, ADAPTIVE);
                if (i < 3) {
                    emit(object, false, i, ADAPTIVE);
                }
            }
            assertEquals(0, buffer.consumeN(0, collect));
            assertEquals(1, buffer.consumeN(1, collect));
            assertEquals(1, buffer.consumeN(1, collect));
            assertEquals(Set.of(0L, 10L), Set.copyOf(seen), "each ring has its turn");
            assertEquals(4, buffer.consumeN(4, collect));
            assertEquals(2, buffer.consumeN(Integer.MAX_VALUE, collect));
            assertEquals(0, buffer.consume(collect));
            assertEquals(List.of(0L, 1L, 2L), seen.stream().filter(v -> v < 10).toList());
            assertEquals(
                    List.of(10L, 11L, 12L, 13L, 14L),
                    seen.stream().filter(v -> v >= 10).toList());
        }
    }

    @Test
    void eachMapCanHaveAConsumerOfItsOwn() {
        try (LoadedObject object = BpfLoader.load(spec);
                RingBuffer buffer = RingBuffer.open(object.map("first"), object.map("second"))) {
            emit(object, true, 10, ADAPTIVE);
            emit(object, false, 1, ADAPTIVE);
            List<Long> others = new ArrayList<>();
            EventConsumer both =
                    EventConsumer.byMap(Map.of(object.map("first"), collect, object.map("second"), event -> {
                        assertEquals(object.map("second"), event.map());
                        others.add(event.getLong(0));
                    }));
            assertEquals(2, buffer.poll(Duration.ofSeconds(10), both));
            assertEquals(List.of(1L), seen);
            assertEquals(List.of(10L), others);
            emit(object, true, 11, ADAPTIVE);
            EventConsumer onlyFirst = EventConsumer.byMap(Map.of(object.map("first"), collect));
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> buffer.consume(onlyFirst));
            assertEquals("there is no consumer for the records of map 'second'", e.getMessage());
            assertEquals(1, buffer.consume(both), "nothing is lost by that");
        }
    }
}
