package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

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
    private static final int HEADER = Flag.BPF_RINGBUF_HDR_SZ;
    private static final int DISCARD = Flag.BPF_RINGBUF_DISCARD_BIT;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;

    // Absolute addresses in one constant segment: a load through an instance's segment costs up to 1 ns more per
    // record.
    private static final MemorySegment ALL = Sys.memory(0, Long.MAX_VALUE);
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final Sys sys;
    private final BpfMap map;
    private final long pageSize;
    private final long size;
    private final long mask;
    private final long consumerPage;
    private final long producerPage;
    private final long data;

    /** Length of the last record and the distance from it to the next: the next one is probably as long. */
    private int lastLength = -1;

    private long lastStride;
    private final AtomicLong discarded = new AtomicLong();

    Ring(BpfMap map) {
        this.map = map;
        this.sys = map.sys();
        this.size = Integer.toUnsignedLong(map.maxEntries());
        this.mask = size - 1;
        this.pageSize = sys.pageSize();
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
        return 0;
    }

    @Override
    public long discarded() {
        return discarded.get();
    }

    @Override
    public int drain(Event event, EventConsumer consumer, int limit) {
        event.from(map, -1);
        int count = 0;
        long position = (long) LONG.getAcquire(ALL, consumerPage);
        long end = (long) LONG.getAcquire(ALL, producerPage);
        while (position < end && count < limit && !event.stopping()) {
            long header = data + (position & mask);
            int length = (int) INT.getAcquire(ALL, header);
            // Mostly false, and so predicted: the loads of the next record then need not wait for this one's length.
            if (length != lastLength) {
                if (length < 0) {
                    return count; // BUSY: the program is still writing it
                }
                if ((length & DISCARD) != 0) {
                    discarded.incrementAndGet();
                    position = release(position + stride(length & ~DISCARD));
                    end = position < end ? end : (long) LONG.getAcquire(ALL, producerPage);
                    continue;
                }
                lastStride = stride(length);
                lastLength = length;
            }
            position += lastStride;
            deliver(event, consumer, header + HEADER, position);
            count++;
            if (position >= end) {
                end = (long) LONG.getAcquire(ALL, producerPage);
            }
        }
        return count;
    }

    /** Lends one record; whatever the consumer does, the record is done and its memory the kernel's again. */
    private void deliver(Event event, EventConsumer consumer, long address, long next) {
        event.lend(address, lastLength);
        try {
            consumer.accept(event);
        } finally {
            event.takeBack();
            release(next);
        }
    }

    /**
     * Publishes the consumer's position. It must be out before the producer's is read again: the kernel wakes nobody for a
     * record when it sees that the consumer has not yet come to the one before.
     */
    private long release(long position) {
        LONG.setRelease(ALL, consumerPage, position);
        return position;
    }

    /** The distance from a record to the next. A record longer than the ring is the sign of a mapping gone wrong. */
    private long stride(int length) {
        long stride = (length + HEADER + 7L) & ~7L;
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
