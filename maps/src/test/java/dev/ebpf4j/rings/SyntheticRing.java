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

/** The kernel's side of a ring buffer, in plain memory: reserve, commit, discard as {@code kernel/bpf/ringbuf.c} does them. */
final class SyntheticRing {
    static final int PAGE = 4096;
    static final int BUSY = 1 << 31;
    static final int DISCARD = 1 << 30;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();

    final BpfMap map;
    private final MemorySegment consumer;
    private final MemorySegment producer;
    private final int size;
    private long position;

    SyntheticRing(ScriptedSys sys, int size) {
        Arena arena = Arena.ofAuto();
        this.size = size;
        consumer = arena.allocate(PAGE, PAGE);
        producer = arena.allocate(PAGE + 2L * size, PAGE);
        map = KernelMaps.create(sys, spec(size));
    }

    static MapSpec spec(int size) {
        return MapSpec.builder("ring", MapType.RINGBUF).maxEntries(size).build();
    }

    /** What mmap at this offset gives. */
    MemorySegment mapping(long offset) {
        return offset == 0 ? consumer : producer;
    }

    long consumed() {
        return (long) LONG.getAcquire(consumer, 0L);
    }

    /** Reserves a record; -1 where there is no room. */
    long reserve(int length) {
        long stride = (length + 8L + 7) & ~7L;
        if (position + stride - consumed() > size) {
            return -1;
        }
        long record = position;
        INT.setRelease(producer, PAGE + (record & (size - 1)), length | BUSY);
        position += stride;
        LONG.setRelease(producer, 0L, position);
        return record;
    }

    /** Fills a reserved record: the first byte is {@code first}, each further one is one more. */
    void fill(long record, int length, int first) {
        for (int i = 0; i < length; i++) {
            long at = (record + 8 + i) & (size - 1);
            producer.set(JAVA_BYTE, PAGE + at, (byte) (first + i));
            producer.set(JAVA_BYTE, PAGE + at + size, (byte) (first + i));
        }
    }

    void commit(long record, int length) {
        INT.setRelease(producer, PAGE + (record & (size - 1)), length);
    }

    void discard(long record, int length) {
        commit(record, length | DISCARD);
    }

    /** Reserves, fills and commits. */
    void put(int length, int first) {
        long record = reserve(length);
        if (record < 0) {
            throw new IllegalStateException("the ring is full");
        }
        fill(record, length, first);
        commit(record, length);
    }
}
