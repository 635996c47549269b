package dev.ebpf4j.maps;

import dev.ebpf4j.error.UnsupportedFeatureException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Elements one by one, where there are no batches: by their keys, or from the front of what has none. */
final class SingleElements implements BatchSource {
    private final BpfMap map;
    private final boolean deletes;
    private final long flags;
    private final @Nullable KeyWalk walk;
    private boolean inOneStep;

    SingleElements(BpfMap map, boolean deletes, long flags) {
        this.map = map;
        this.deletes = deletes;
        this.flags = flags;
        this.inOneStep = deletes && !MapOperation.LOOKUP_AND_DELETE.isMissing(map.type());
        this.walk = deletes && map.keySize() == 0 ? null : new KeyWalk(map);
    }

    @Override
    public Fetched fetch(BatchCursor into) {
        int count = 0;
        boolean more = true;
        while (more && count < into.capacity()) {
            more = walk == null || walk.next();
            if (more && takeNext(into, count)) {
                count++;
            } else if (walk == null) {
                more = false;
            }
        }
        into.count(count);
        return more ? Fetched.MORE : Fetched.LAST;
    }

    /** Puts an element at an index; false if it was gone. */
    private boolean takeNext(BatchCursor into, int index) {
        try (Scratch scratch = map.scratch()) {
            if (walk != null) {
                walk.advance();
                scratch.key.copyFrom(walk.key());
            }
            if (!take(scratch)) {
                if (walk != null) {
                    walk.vanished();
                }
                return false;
            }
            MemorySegment.copy(scratch.key, 0, into.keys(), into.keyOffset(index), map.keySize());
            MemorySegment.copy(scratch.value, 0, into.values(), into.valueOffset(index), map.valueBytes());
            return true;
        }
    }

    private boolean take(Scratch scratch) {
        if (!deletes) {
            return flags == 0 ? map.lookup(scratch) : map.lookup(scratch, flags);
        }
        if (inOneStep) {
            try {
                return map.lookupAndDelete(scratch, flags);
            } catch (UnsupportedFeatureException e) {
                inOneStep = false;
            }
        }
        return map.lookup(scratch) && map.delete(scratch);
    }

    @Override
    public BatchPath path() {
        return BatchPath.SINGLE;
    }

    @Override
    public WalkOutcome outcome() {
        return walk == null ? WalkOutcome.FINISHED : walk.outcome();
    }
}
