package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The loop over the records of a ring buffer that overwrites its oldest records when it is full, copied for each class of
 * consumers (see {@link Ring}); so it has no state and no nested class.
 *
 * <p>The kernel does not wait for the consumer, so a record can vanish while it is read. Before the kernel reuses memory it
 * moves the overwrite position past the records that were there. So each record is copied first, and counts only if the
 * overwrite position has not passed it by then. On x86-64, where stores become visible in program order, that is exact; on
 * aarch64 the kernel leaves a window of a few instructions.
 */
final class OverwriteLoop implements Ring.Loop {
    private static final MemorySegment ALL = Ring.ALL;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final int BUSY = Flag.BPF_RINGBUF_BUSY_BIT;
    private static final int DISCARD = Flag.BPF_RINGBUF_DISCARD_BIT;

    /** Where in the producer's page the kernel keeps the position of the oldest record that is still whole. */
    private static final int OVERWRITE_POSITION = 16;

    OverwriteLoop() {}

    @Override
    public int run(Ring ring, Event event, EventConsumer consumer, int limit) {
        long oldestAt = ring.producerPage + OVERWRITE_POSITION;
        long position = (long) LONG.getAcquire(ALL, ring.consumerPage);
        long published = position;
        long left = ring.size;
        int count = 0;
        int discarded = 0;
        try {
            while (count < limit && (left > 0 || count == 0) && !event.stopping()) {
                long end = (long) LONG.getAcquire(ALL, ring.producerPage);
                long oldest = (long) LONG.getAcquire(ALL, oldestAt);
                if (position < oldest) {
                    ring.overwritten(oldest - position);
                    position = oldest;
                }
                long header = ring.data + (position & ring.mask);
                int length = position < end ? (int) INT.getAcquire(ALL, header) : BUSY;
                if (length < 0) {
                    if (position == published) {
                        break; // nothing there, or the program is still writing it
                    }
                    LONG.setVolatile(ALL, ring.consumerPage, position);
                    published = position;
                    continue; // look again now that the kernel knows that we wait for this one
                }
                long copy = (length & DISCARD) == 0 ? ring.copy(header + RingLoop.HEADER, length) : 0;
                VarHandle.acquireFence();
                if ((long) LONG.getAcquire(ALL, oldestAt) > position) {
                    continue; // what was read may be another record's bytes
                }
                long stride = ring.stride(length & ~DISCARD);
                ring.tellLost(stride, consumer);
                position += stride;
                left -= stride;
                if ((length & DISCARD) != 0) {
                    discarded++;
                    continue;
                }
                event.lend(copy, length);
                consumer.accept(event);
                count++;
                if (event.attention && !event.proceed()) {
                    break;
                }
            }
            return count;
        } finally {
            event.takeBack();
            ring.passed(position, published, discarded);
        }
    }
}
