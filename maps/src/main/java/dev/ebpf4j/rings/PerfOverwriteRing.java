package dev.ebpf4j.rings;

import dev.ebpf4j.maps.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A ring in which the kernel overwrites the oldest records.
 *
 * <p>The kernel writes it backwards, so that data_head is where the newest record begins; the older ones follow up to where
 * the newest one's end has overwritten the oldest:
 *
 * <pre>
 *    data_head                    data_head + size
 *    v                            v
 *    | newest | ... | older | (cut off) |
 * </pre>
 *
 * <p>It cannot be read while the kernel writes. So when there is something new, it is copied, oldest first, while the
 * kernel's output is paused for these microseconds, and handed out from the copy.
 */
final class PerfOverwriteRing extends PerfRing {
    private final Arena arena = Arena.ofShared();
    private final long ring;

    /** data_head at the last copy: what is at it or after it has been copied already. */
    private long seen;

    /** The consumer's own pause, which is not to be ended here. */
    private volatile boolean paused;

    PerfOverwriteRing(BpfMap map, PerfEvent event, PerfOptions options, PerfScratch scratch) {
        super(map, event, options, scratch);
        ring = data;
        data = arena.allocate(size, Long.BYTES).address();
    }

    @Override
    void look() {
        if (position < end || head() == seen) {
            return;
        }
        if (paused) {
            copy();
            return;
        }
        event.pause(true);
        try {
            copy();
        } finally {
            event.pause(false);
        }
    }

    private void copy() {
        long head = head();
        long span = Math.min(size, seen - head);
        long at = head;
        long to = size;
        while (at < head + span) {
            long stride = (long) LONG.get(ALL, ring + (at & mask)) >>> 48;
            if (stride < HEADER || stride > head + span - at) {
                break; // the newest has overwritten part of it
            }
            to -= stride;
            copy(at & mask, to, stride);
            at += stride;
        }
        // A program that was already writing when the pause began may have overwritten what was copied last.
        long intact = head() + size;
        while (at > intact) {
            long stride = (long) LONG.get(ALL, data + to) >>> 48;
            to += stride;
            at -= stride;
        }
        seen = head;
        end = size;
        position = to;
    }

    private void copy(long from, long to, long stride) {
        long first = Math.min(stride, size - from);
        MemorySegment.copy(ALL, ring + from, ALL, data + to, first);
        MemorySegment.copy(ALL, ring, ALL, data + to + first, stride - first);
    }

    /** There is nothing to give back: the kernel does not wait for anybody. */
    @Override
    void release(long read) {
        position = read;
    }

    @Override
    long unread() {
        return Math.max(0, end - position) + Math.min(size, seen - head());
    }

    @Override
    void pause(boolean on) {
        paused = on;
        super.pause(on);
    }

    @Override
    void unmap() {
        super.unmap();
        arena.close();
    }
}
