package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.hot.HotClass;
import dev.ebpf4j.hot.HotCopies;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The mapped memory of one ring buffer map and its consumer's loop.
 *
 * <pre>
 *   consumer mapping, read-write     producer mapping, read-only
 *   +---------------------------+    +-----------------------+------------------+------------------+
 *   | u64 consumer position ... |    | u64 producer position | data, size bytes | the same again   |
 *   +---------------------------+    +-----------------------+------------------+------------------+
 *   one page                         one page                  so a record never wraps
 *
 *   record:  u32 length | BUSY | DISCARD    u32 (the kernel's)    payload, padded to 8 bytes
 * </pre>
 *
 * <p>Source: {@code kernel/bpf/ringbuf.c} and {@code Documentation/bpf/ringbuf.rst}. Positions only grow; taken modulo the
 * size they are offsets into the data.
 */
final class Ring implements Channel {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;

    /** All memory: offsets in it are addresses. */
    static final MemorySegment ALL = Sys.memory(0, Long.MAX_VALUE);

    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();

    /** What hands out the records of one ring; has a copy for each class of consumers. */
    interface Loop {
        int run(Ring ring, Event event, EventConsumer consumer, int limit);
    }

    private static final HotCopies<Loop> LOOPS =
            new HotCopies<>(new HotClass<>(MethodHandles.lookup(), RingLoop.class, Loop.class), new RingLoop());
    private static final HotCopies<Loop> OVERWRITE_LOOPS = new HotCopies<>(
            new HotClass<>(MethodHandles.lookup(), OverwriteLoop.class, Loop.class), new OverwriteLoop());

    /** The kernel gets memory back after so many bytes, or a sixteenth of the ring if that is less. */
    private static final long BATCH = 64 * 1024;

    final long size;
    final long mask;
    final long batch;
    final long consumerPage;
    final long producerPage;
    final long data;

    /** The most bytes that a record can have. */
    final int longest;

    final RingCursor cursor = new RingCursor();
    private final Sys sys;
    private final BpfMap map;
    private final long pageSize;
    private final HotCopies<Loop> loops;
    private final AtomicLong discarded = new AtomicLong();
    private final AtomicLong overwritten = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    /** Bytes that were overwritten since the last time that the consumer was told. */
    private long untold;

    /** Where a record is copied to that the kernel may overwrite. */
    private @Nullable Arena copies;

    private MemorySegment copy = MemorySegment.NULL;

    Ring(BpfMap map) {
        this.map = map;
        this.sys = map.sys();
        this.size = Integer.toUnsignedLong(map.maxEntries());
        this.mask = size - 1;
        this.batch = Math.min(size / 16, BATCH);
        this.longest = (int) Math.min(size - RingLoop.HEADER, RingLoop.DISCARD - 1);
        this.pageSize = sys.pageSize();
        this.loops = (map.flags() & MapSpec.RB_OVERWRITE) == 0 ? LOOPS : OVERWRITE_LOOPS;
        if (map.type() != MapType.RINGBUF) {
            throw new IllegalArgumentException("map '" + map.name() + "' is of type " + map.type() + ", not RINGBUF");
        }
        if (Long.bitCount(size) != 1 || size % pageSize != 0) {
            throw new IllegalArgumentException("map '" + map.name() + "' has " + size
                    + " bytes, and a ring buffer has a power of two that is a multiple of " + pageSize);
        }
        consumerPage = mapped(PROT_READ | PROT_WRITE, pageSize, 0);
        try {
            producerPage = mapped(PROT_READ, pageSize + 2 * size, pageSize);
        } catch (RuntimeException e) {
            sys.munmap(consumerPage, pageSize);
            throw e;
        }
        data = producerPage + pageSize;
    }

    private long mapped(int protection, long length, long offset) {
        long address = sys.mmap(length, protection, MAP_SHARED, map.fd(), offset);
        if (address < 0 && address > -4096) {
            throw new BpfException("map ring buffer '" + map.name() + "' into memory", Errno.of(address));
        }
        return address;
    }

    @Override
    public void unmap() {
        sys.munmap(producerPage, pageSize + 2 * size);
        sys.munmap(consumerPage, pageSize);
        if (copies != null) {
            copies.close();
        }
    }

    @Override
    public BpfMap map() {
        return map;
    }

    @Override
    public int fd() {
        return map.fd();
    }

    @Override
    public long lost() {
        return lost.get();
    }

    /** Bytes of records, headers included, that were overwritten before they were read. */
    long overwrittenBytes() {
        return overwritten.get();
    }

    @Override
    public long discarded() {
        return discarded.get();
    }

    @Override
    public int drain(Event event, EventConsumer consumer, int limit) {
        event.from(map, -1);
        return loops.of(consumer.getClass()).run(this, event, consumer, limit);
    }

    /** Tells the kernel the consumer's position, before anything is read later, and counts what was skipped. */
    void passed(long position, long told, int skipped) {
        if (position != told) {
            LONG.setVolatile(ALL, consumerPage, position);
        }
        if (skipped > 0) {
            discarded.getAndAdd(skipped);
        }
    }

    /** Notes that the kernel has overwritten records that were not read. */
    void overwritten(long bytes) {
        overwritten.getAndAdd(bytes);
        untold += bytes;
    }

    /** Tells how many records were overwritten, taking each to be as long as the one that follows them. */
    void tellLost(long stride, EventConsumer consumer) {
        if (untold > 0) {
            long count = Math.max(1, untold / stride);
            untold = 0;
            lost.getAndAdd(count);
            consumer.lost(map, -1, count);
        }
    }

    /**
     * Copies what may be a record to where the kernel does not write.
     *
     * @return the copy's address; 0 if no record is like that
     */
    long copy(long address, int length) {
        if (length < 0 || length > size - RingLoop.HEADER) {
            return 0;
        }
        if (length > copy.byteSize()) {
            Arena larger = Arena.ofShared();
            copy = larger.allocate(Math.min(size, 2L * length), Long.BYTES);
            if (copies != null) {
                copies.close();
            }
            copies = larger;
        }
        MemorySegment.copy(ALL, address, copy, 0, length);
        return copy.address();
    }

    /** The distance from a record to the next. A record longer than the ring is the sign of a mapping gone wrong. */
    long stride(int length) {
        long stride = (length + RingLoop.HEADER + 7L) & ~7L;
        if (stride > size) {
            throw new IllegalStateException(
                    "ring buffer '" + map.name() + "' holds a record of " + length + " bytes in " + size);
        }
        return stride;
    }

    @Override
    public boolean headBusy() {
        long position = (long) LONG.getAcquire(ALL, consumerPage);
        return position < (long) LONG.getAcquire(ALL, producerPage)
                && (int) INT.getAcquire(ALL, data + (position & mask)) < 0;
    }

    @Override
    public long capacity() {
        return size;
    }

    @Override
    public long unread() {
        return (long) LONG.getAcquire(ALL, producerPage) - (long) LONG.getAcquire(ALL, consumerPage);
    }
}
