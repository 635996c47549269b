package dev.ebpf4j.maps;

import java.lang.foreign.MemorySegment;

/**
 * A walk over a map's keys that is one key ahead, so that the current one may be deleted.
 *
 * <p>After a key that is not there any more the kernel gives the first one, and says nothing of it. A walk that meets its
 * first key again has been sent back so; it goes on, since what follows may not have been seen yet, but not for ever.
 */
final class KeyWalk {
    private static final int MOST_ROUNDS = 8;
    private static final int FEW = 1024;

    private final BpfMap map;
    private final MemorySegment first;
    private MemorySegment current;
    private MemorySegment ahead;
    private boolean more;
    private long steps;
    private WalkOutcome outcome = WalkOutcome.FINISHED;

    KeyWalk(BpfMap map) {
        this.map = map;
        first = MemorySegment.ofArray(new byte[map.keySize()]);
        current = MemorySegment.ofArray(new byte[map.keySize()]);
        ahead = MemorySegment.ofArray(new byte[map.keySize()]);
        more = map.nextKey(null, ahead);
        first.copyFrom(ahead);
    }

    /** Steps to the key that was found ahead; false at the end. */
    boolean next() {
        MemorySegment last = current;
        current = ahead;
        ahead = last;
        return more;
    }

    /** Finds the key after the current one, while that is still there. */
    void advance() {
        more = map.nextKey(current, ahead);
        steps++;
        if (more && ahead.mismatch(first) < 0) {
            restarted();
        }
        if (more && steps > FEW && steps / MOST_ROUNDS > Integer.toUnsignedLong(map.maxEntries())) {
            more = false;
            outcome = WalkOutcome.ABORTED;
        }
    }

    /** Says that the current key was found to be gone after {@link #advance}, which may then have led back to the first. */
    void vanished() {
        restarted();
    }

    private void restarted() {
        if (outcome == WalkOutcome.FINISHED) {
            outcome = WalkOutcome.RESTARTED;
        }
    }

    MemorySegment key() {
        return current;
    }

    WalkOutcome outcome() {
        return outcome;
    }
}
