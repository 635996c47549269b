package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.KernelMaps;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/** The kernel's side of a user ring buffer, in plain memory: peek and release as {@code kernel/bpf/ringbuf.c} does them. */
final class SyntheticUserRing {
    private static final int PAGE = SyntheticRing.PAGE;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();

    final BpfMap map;
    private final MemorySegment consumer;
    private final MemorySegment producer;
    private final int size;
    int discarded;

    SyntheticUserRing(ScriptedSys sys, int size) {
        Arena arena = Arena.ofAuto();
        this.size = size;
        consumer = arena.allocate(PAGE, PAGE);
        producer = arena.allocate(PAGE + 2L * size, PAGE);
        map = KernelMaps.create(sys, spec(size));
        sys.onMmap((fd, offset, length, protection) -> {
            MemorySegment memory = offset == 0 ? consumer : producer;
            return memory.byteSize() == length && protection == (offset == 0 ? 1 : 3) ? memory : null;
        });
    }

    static MapSpec spec(int size) {
        return MapSpec.builder("messages", MapType.USER_RINGBUF)
                .maxEntries(size)
                .build();
    }

    /** What is submitted now, up to the first message that is still being written. */
    List<byte[]> drain() {
        List<byte[]> messages = new ArrayList<>();
        long end = (long) LONG.getAcquire(producer, 0L);
        long position = (long) LONG.get(consumer, 0L);
        while (position < end) {
            long at = PAGE + (position & (size - 1));
            int header = (int) INT.getAcquire(producer, at);
            if (header < 0) {
                break;
            }
            int length = header & ~SyntheticRing.DISCARD;
            if ((header & SyntheticRing.DISCARD) != 0) {
                discarded++;
            } else {
                messages.add(wrapped(at + 8, length));
            }
            position += (length + 15L) & ~7L;
            if (position > end) {
                throw new AssertionError("a message of " + length + " bytes reaches beyond the producer's position");
            }
            LONG.setRelease(consumer, 0L, position);
        }
        return messages;
    }

    /** The mapping is not really double: what is beyond the first half is where the producer wrote it. */
    private byte[] wrapped(long at, int length) {
        return producer.asSlice(at, length).toArray(JAVA_BYTE);
    }
}
