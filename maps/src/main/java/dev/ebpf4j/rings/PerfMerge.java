package dev.ebpf4j.rings;

import java.util.List;

/**
 * Hands out the records of several CPUs in the order of their time.
 *
 * <p>No clock is asked, and nothing held back: all rings are looked at twice. What was there at the first look is due. A
 * record that is due was complete before the second look began, so whatever had caused it was complete too, and is seen by
 * the second look if not by the first. So the records are handed out by time until none is left that is due; of those that
 * are not due only such as are older than one that is. That never puts an effect before its cause. Two records of different
 * CPUs that were being written at the same moment may change places.
 *
 * <p>The order within a CPU stays as it was written.
 */
final class PerfMerge {
    private PerfMerge() {}

    static int drain(List<PerfRing> rings, Event event, EventConsumer consumer, int limit) {
        for (int i = 0; i < rings.size(); i++) {
            PerfRing ring = rings.get(i);
            ring.look();
            ring.due = ring.end;
        }
        for (int i = 0; i < rings.size(); i++) {
            PerfRing ring = rings.get(i);
            long position = ring.position;
            ring.look();
            if (ring.position != position) {
                ring.due = ring.position; // a copy that was made just now
            }
        }
        int count = 0;
        while (count < limit && !event.stopping() && isDue(rings)) {
            count += drainEarliest(rings, event, consumer, limit - count);
        }
        return count;
    }

    private static boolean isDue(List<PerfRing> rings) {
        for (int i = 0; i < rings.size(); i++) {
            PerfRing ring = rings.get(i);
            if (ring.position < ring.due) {
                return true;
            }
        }
        return false;
    }

    /** Hands out records of the ring with the earliest one, as long as that is so. */
    private static int drainEarliest(List<PerfRing> rings, Event event, EventConsumer consumer, int limit) {
        PerfRing earliest = rings.getFirst();
        long time = earliest.nextTime();
        long next = Long.MAX_VALUE;
        for (int i = 1; i < rings.size(); i++) {
            long other = rings.get(i).nextTime();
            if (other < time) {
                next = time;
                time = other;
                earliest = rings.get(i);
            } else if (other < next) {
                next = other;
            }
        }
        earliest.until = next;
        long end = earliest.end;
        if (!isDueBeside(rings, earliest)) {
            earliest.end = earliest.due;
        }
        try {
            return earliest.drain(event, consumer, limit);
        } finally {
            earliest.end = end;
        }
    }

    private static boolean isDueBeside(List<PerfRing> rings, PerfRing one) {
        for (int i = 0; i < rings.size(); i++) {
            PerfRing ring = rings.get(i);
            if (ring.position < ring.due && !ring.equals(one)) {
                return true;
            }
        }
        return false;
    }
}
