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
    private final boolean overwrites;
    private long position;
    private long pending;
    private long oldest;

    SyntheticRing(ScriptedSys sys, int size) {
        this(sys, size, 0);
    }

    SyntheticRing(ScriptedSys sys, int size, int flags) {
        Arena arena = Arena.ofAuto();
        this.size = size;
        overwrites = (flags & MapSpec.RB_OVERWRITE) != 0;
        consumer = arena.allocate(PAGE, PAGE);
        producer = arena.allocate(PAGE + 2L * size, PAGE);
        map = KernelMaps.create(sys, spec(size).withFlags(flags));
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

    long produced() {
        return position;
    }

    static long stride(int length) {
        return ((length & ~DISCARD) + 8L + 7) & ~7L;
    }

    private int header(long record) {
        return (int) INT.getAcquire(producer, PAGE + (record & (size - 1)));
    }

    /** Gives up as many of the oldest records as are in the way, unless one of them is still being written. */
    private boolean overwrite(long end) {
        while (pending < position && header(pending) >= 0) {
            pending += stride(header(pending));
        }
        if (end - pending > size - 1) {
            return false;
        }
        while (end - oldest > size - 1) {
            oldest += stride(header(oldest));
        }
        LONG.setVolatile(producer, 16L, oldest);
        return true;
    }

    /** Reserves a record; -1 where there is no room. */
    long reserve(int length) {
        long stride = stride(length);
        if (overwrites ? !overwrite(position + stride) : position + stride - consumed() > size - 1) {
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

    /** Fills a reserved record of a multiple of 8 bytes with a number, over and over. */
    void number(long record, int length, long number) {
        for (int i = 0; i < length; i += 8) {
            long at = (record + 8 + i) & (size - 1);
            producer.set(JAVA_LONG, PAGE + at, number);
            producer.set(JAVA_LONG, PAGE + at + size, number);
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
