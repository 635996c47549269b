package dev.ebpf4j.maps;

import java.lang.foreign.MemorySegment;

/** A walk over a map's keys that is one key ahead, so that the current one may be deleted. */
final class KeyWalk {
    private final BpfMap map;
    private MemorySegment current;
    private MemorySegment ahead;
    private boolean more;

    KeyWalk(BpfMap map) {
        this.map = map;
        current = MemorySegment.ofArray(new byte[map.keySize()]);
        ahead = MemorySegment.ofArray(new byte[map.keySize()]);
        more = map.nextKey(null, ahead);
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
    }

    MemorySegment key() {
        return current;
    }
}
