package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The loop over the records of a ring buffer, copied for each class of consumers (see {@link Ring}); so it has no state and
 * no nested class.
 *
 * <p>It walks in chunks, after each of which the kernel gets the memory back: telling it costs the producer's CPU a cache
 * miss. It is also told before the producer's position, or a record that was busy, is looked at for the last time, and
 * whenever the loop ends: the kernel wakes nobody for a record if it sees that the consumer has not come to it yet. These
 * orders need a fence, which is what the volatile writes are for.
 *
 * <p>There are two ways through a chunk. Where most records are as long as the one before, that is taken for granted and
 * then checked, so that the loads of a record need not wait for the length of the one before it. Otherwise each length
 * leads to the next record, and memory is touched ahead instead.
 */
final class RingLoop implements Ring.Loop {
    // Absolute addresses in one constant segment: a load through an instance's segment costs up to 1 ns more.
    private static final MemorySegment ALL = Ring.ALL;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();
    static final int HEADER = Flag.BPF_RINGBUF_HDR_SZ;
    static final int DISCARD = Flag.BPF_RINGBUF_DISCARD_BIT;

    /** What an address can be, and that a header is aligned: knowing both, the compiler leaves out the checks of a load. */
    private static final long ADDRESSES = (1L << 52) - 8;

    /** How far memory is touched ahead, and how much must be there for that: never what is being written. */
    private static final int AHEAD = 2048;

    RingLoop() {}

    @Override
    public int run(Ring ring, Event event, EventConsumer consumer, int limit) {
        RingCursor cursor = ring.cursor;
        long start = (long) LONG.getAcquire(ALL, ring.consumerPage);
        long end = (long) LONG.getAcquire(ALL, ring.producerPage);
        long told = start;
        cursor.start(ring, start);
        try {
            while (cursor.count < limit && !event.stopping()) {
                long position = cursor.position();
                if (position >= end || cursor.busy) {
                    if (position == told) {
                        break; // nothing there, or the program is still writing it
                    }
                    LONG.setVolatile(ALL, ring.consumerPage, position);
                    told = position;
                    cursor.busy = false;
                    end = (long) LONG.getAcquire(ALL, ring.producerPage);
                    continue;
                }
                if (position - start >= ring.size && cursor.count > 0) {
                    break;
                }
                LONG.setRelease(ALL, ring.consumerPage, position);
                // At most limit - count records begin in so many bytes.
                long room = Math.min(ring.batch, HEADER * (long) (limit - cursor.count));
                cursor.chunk(ring, Math.min(room, end - position));
                boolean goOn = cursor.steady
                        ? steadily(ring, cursor, event, consumer)
                        : stepwise(ring, cursor, event, consumer, end - position > 2 * AHEAD ? AHEAD : 0);
                if (!goOn) {
                    break;
                }
            }
            return cursor.count;
        } finally {
            event.takeBack();
            ring.passed(cursor.position(), told, cursor.discarded);
        }
    }

    /** A chunk of records of one length, mostly; whether the loop may go on. */
    private static boolean steadily(Ring ring, RingCursor cursor, Event event, EventConsumer consumer) {
        long at = cursor.at;
        long stop = cursor.stop;
        int lastLength = cursor.length;
        long stride = cursor.stride;
        int changes = 0;
        int count = 0;
        try {
            while (at < stop) {
                long header = at & ADDRESSES;
                int length = (int) INT.getAcquire(ALL, header);
                if (length != lastLength) {
                    if (length < 0) {
                        cursor.busy = true;
                        break;
                    }
                    changes++;
                    if ((length & DISCARD) != 0) {
                        at += ring.stride(length & ~DISCARD);
                        cursor.discarded++;
                        continue;
                    }
                    stride = ring.stride(length);
                    lastLength = length;
                }
                at += stride;
                event.lend(header + HEADER, length);
                consumer.accept(event);
                count++;
                if (event.attention && !event.proceed()) {
                    return false;
                }
            }
            return true;
        } finally {
            cursor.at = at;
            cursor.count += count;
            cursor.length = lastLength;
            cursor.stride = stride;
            cursor.steady = changes <= 1 + count / 8;
        }
    }

    /** A chunk of records of many lengths; whether the loop may go on. */
    private static boolean stepwise(Ring ring, RingCursor cursor, Event event, EventConsumer consumer, int ahead) {
        long at = cursor.at;
        long stop = cursor.stop;
        int longest = ring.longest;
        int lastLength = cursor.length;
        long touched = 0;
        int changes = 0;
        int count = 0;
        try {
            while (at < stop) {
                long header = at & ADDRESSES;
                int length = (int) INT.getAcquire(ALL, header);
                if (Integer.compareUnsigned(length, longest) > 0) {
                    if (length < 0) {
                        cursor.busy = true;
                        break;
                    }
                    at += ring.stride(length & ~DISCARD);
                    cursor.discarded++;
                    continue;
                }
                changes += length == lastLength ? 0 : 1;
                lastLength = length;
                at += (length + HEADER + 7L) & ~7L;
                touched += ALL.get(JAVA_BYTE, header + ahead);
                event.lend(header + HEADER, length);
                consumer.accept(event);
                count++;
                if (event.attention && !event.proceed()) {
                    return false;
                }
            }
            return true;
        } finally {
            cursor.at = at;
            cursor.count += count;
            cursor.length = -1;
            cursor.steady = changes <= 1 + count / 8;
            cursor.unused += touched;
        }
    }
}
