package dev.ebpf4j.rings;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The loop over the records of one CPU's ring, copied for each class of consumers (see {@link PerfRing}); so it has no state
 * and no nested class.
 *
 * <p>The kernel gets memory back once per {@link PerfRing#batch} bytes and whenever the loop ends: each time costs the
 * writing CPU a cache miss.
 */
final class PerfLoop implements PerfRing.Loop {
    private static final MemorySegment ALL = PerfRing.ALL;
    private static final VarHandle LONG = PerfRing.LONG;
    private static final int HEADER = PerfRing.HEADER;
    private static final int SAMPLE = PerfRing.SAMPLE;

    /** What an address can be, and that a record is aligned: knowing both, the compiler leaves out the checks of a load. */
    private static final long ADDRESSES = (1L << 52) - 8;

    PerfLoop() {}

    @Override
    public int run(PerfRing ring, Event event, EventConsumer consumer, int limit) {
        long position = ring.position;
        long end = ring.end;
        int count = 0;
        // The next record probably has the same type and size as the last: then its loads need not wait for its header.
        long lastHeader = 0;
        long stride = 0;
        int length = 0;
        try {
            while (position < end && count < limit && !event.stopping()) {
                // At most limit - count records begin in so many bytes.
                long room = Math.min(ring.batch, HEADER * (long) (limit - count));
                long stop = position + Math.min(room, end - position);
                while (position < stop) {
                    long offset = position & ring.mask;
                    long at = ring.data + offset & ADDRESSES;
                    long header = (long) LONG.get(ALL, at);
                    if (header != lastHeader) {
                        long newStride = ring.stride(header, position);
                        int type = (int) header;
                        if (type != SAMPLE) {
                            long other = position;
                            position += newStride;
                            ring.other(type, other, consumer);
                            continue;
                        }
                        stride = newStride;
                        length = (int) newStride - ring.overhead;
                        lastHeader = header;
                    }
                    if (offset + stride > ring.size) {
                        at = ring.inOnePiece(offset, stride) & ADDRESSES;
                    }
                    if (ring.timed) {
                        long time = (long) LONG.get(ALL, at + HEADER);
                        if (time > ring.until) {
                            return count;
                        }
                        event.lend(at + ring.overhead, length, time);
                    } else {
                        event.lend(at + ring.overhead, length);
                    }
                    position += stride;
                    count++;
                    consumer.accept(event);
                    if (event.attention && !event.proceed()) {
                        return count;
                    }
                }
                ring.release(position);
            }
            return count;
        } finally {
            event.takeBack();
            ring.release(position);
        }
    }
}
