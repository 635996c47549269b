package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The loop over the records of a ring buffer, copied for each class of consumers (see {@link Ring}); so it has no state and
 * no nested class.
 *
 * <p>The consumer's position, which gives the kernel the memory back, goes out once per {@link Ring#batch} bytes: each time
 * costs the producer's CPU a cache miss. It also goes out before the producer's is read again, and whenever the loop ends:
 * the kernel wakes nobody for a record if it sees that the consumer has not come to it yet. Both orders need a fence, which
 * is what the volatile write is for.
 */
final class RingLoop implements Ring.Loop {
    // Absolute addresses in one constant segment: a load through an instance's segment costs up to 1 ns more.
    private static final MemorySegment ALL = Ring.ALL;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();
    static final int HEADER = Flag.BPF_RINGBUF_HDR_SZ;
    private static final int DISCARD = Flag.BPF_RINGBUF_DISCARD_BIT;

    /** What an address can be, and that a header is aligned: knowing both, the compiler leaves out the checks of a load. */
    private static final long ADDRESSES = (1L << 52) - 8;

    RingLoop() {}

    @Override
    public int run(Ring ring, Event event, EventConsumer consumer, int limit) {
        long start = (long) LONG.getAcquire(ALL, ring.consumerPage);
        long end = (long) LONG.getAcquire(ALL, ring.producerPage);
        long at = ring.data + (start & ring.mask);
        long toPosition = start - at;
        int count = 0;
        int discarded = 0;
        // The next record is probably as long as the last: then its loads need not wait for its length.
        int lastLength = -1;
        long lastStride = 0;
        try {
            while (count < limit && !event.stopping()) {
                long position = at + toPosition;
                LONG.setVolatile(ALL, ring.consumerPage, position);
                end = (long) LONG.getAcquire(ALL, ring.producerPage);
                if (position >= end || (position - start >= ring.size && count > 0)) {
                    break;
                }
                if (at >= ring.data + ring.size) {
                    at -= ring.size;
                    toPosition += ring.size;
                }
                // At most limit - count records begin in so many bytes.
                long room = Math.min(ring.batch, HEADER * (long) (limit - count));
                long stop = at + Math.min(Math.min(room, end - position), ring.data + ring.size - at);
                while (at < stop) {
                    long header = at & ADDRESSES;
                    int length = (int) INT.getAcquire(ALL, header);
                    if (length != lastLength) {
                        if (length < 0) {
                            if (at + toPosition == position) {
                                return count; // BUSY: the program is still writing it
                            }
                            break; // look again once the kernel knows that we wait for this one
                        }
                        if ((length & DISCARD) != 0) {
                            at += ring.stride(length & ~DISCARD);
                            discarded++;
                            continue;
                        }
                        lastStride = ring.stride(length);
                        lastLength = length;
                    }
                    at += lastStride;
                    event.lend(header + HEADER, length);
                    consumer.accept(event);
                    count++;
                    if (event.attention && !event.proceed()) {
                        return count;
                    }
                }
            }
            return count;
        } finally {
            event.takeBack();
            ring.passed(at + toPosition, discarded);
        }
    }
}
