package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.BpfAttr.MapBatch;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.function.IntToLongFunction;

/**
 * Elements by BPF_MAP_LOOKUP_BATCH or BPF_MAP_LOOKUP_AND_DELETE_BATCH.
 *
 * <p>Where the kernel goes on stands in a cursor that it writes and reads: for hash tables the number of a bucket, 4 bytes
 * however small keys are; for all others the last key, however large. So its memory has room for either.
 *
 * <p>Source: {@code __htab_map_lookup_and_delete_batch} and {@code generic_map_lookup_batch} in {@code kernel/bpf}: a
 * failure comes with what was fetched before it, and the cursor is written if that is anything at all.
 */
final class KernelBatches implements BatchSource {
    private static final int BUCKET_NUMBER_BYTES = 4;
    private static final int MOST_ATTEMPTS = 1000;
    private static final int MOST_ROUNDS = 8;
    private static final int FEW = 1024;

    private final BpfMap map;
    private final boolean deletes;
    private final boolean mayRestart;
    private final MemorySegment attr;
    private final MemorySegment firstKey;
    private final MemorySegment cursors;
    private final IntToLongFunction command;
    private long from;
    private long to;
    private boolean begun;
    private int attempts;
    private long delivered;
    private WalkOutcome outcome = WalkOutcome.FINISHED;

    KernelBatches(BpfMap map, boolean deletes, long flags) {
        this.map = map;
        this.deletes = deletes;
        this.mayRestart = map.type() == MapType.LPM_TRIE; // the one type whose cursor is a key that may go
        Arena arena = Arena.ofAuto();
        attr = arena.allocate(MapBatch.BYTES, Long.BYTES);
        attr.set(JAVA_LONG, MapBatch.ELEM_FLAGS, flags);
        long cursor = BpfMap.stride(Math.max(map.keySize(), BUCKET_NUMBER_BYTES));
        cursors = arena.allocate(2 * cursor, Long.BYTES);
        from = cursors.address();
        to = cursors.address() + cursor;
        firstKey = arena.allocate(map.keySize(), Long.BYTES);
        int cmd = deletes ? Cmd.BPF_MAP_LOOKUP_AND_DELETE_BATCH : Cmd.BPF_MAP_LOOKUP_BATCH;
        command = fd -> {
            attr.set(JAVA_INT, MapBatch.MAP_FD, fd);
            return map.sys().bpf(cmd, attr, MapBatch.BYTES);
        };
    }

    @Override
    public Fetched fetch(BatchCursor into) {
        attr.set(JAVA_LONG, MapBatch.IN_BATCH, begun ? from : 0);
        attr.set(JAVA_LONG, MapBatch.OUT_BATCH, to);
        attr.set(JAVA_LONG, MapBatch.KEYS, into.keys().address());
        attr.set(JAVA_LONG, MapBatch.VALUES, into.values().address());
        attr.set(JAVA_INT, MapBatch.COUNT, into.capacity());
        long result = call(into);
        if (result >= 0 || !isBeforeAll(result)) {
            return fetched(into, result);
        }
        if (!begun && result != -Errno.EPERM) {
            return Fetched.UNSUPPORTED;
        }
        throw failure(result);
    }

    private long call(BatchCursor into) {
        try {
            return map.longCall(command);
        } finally {
            Reference.reachabilityFence(cursors);
            Reference.reachabilityFence(into);
        }
    }

    /** Whether the kernel refuses before it looks at the map; then it leaves the count alone. */
    private static boolean isBeforeAll(long result) {
        return result == -Errno.EINVAL || result == -Errno.ENOTSUPP || result == -Errno.EPERM;
    }

    private Fetched fetched(BatchCursor into, long result) {
        int count = attr.get(JAVA_INT, MapBatch.COUNT);
        into.count(count);
        if (count > 0) {
            goOn();
            attempts = 0;
            delivered += count;
            checkRestart(into);
        }
        if (result == -Errno.ENOENT || outcome == WalkOutcome.ABORTED) {
            return Fetched.LAST;
        }
        if (result >= 0 || isPassing(result)) {
            if (count == 0 && ++attempts > MOST_ATTEMPTS) {
                throw failure(result);
            }
            return Fetched.MORE;
        }
        if (result == -Errno.ENOSPC && mayGrow(into)) {
            return Fetched.GROW;
        }
        throw failure(result);
    }

    private void goOn() {
        begun = true;
        long last = from;
        from = to;
        to = last;
    }

    /** A lock that somebody holds, a table that is being resized, a key that was deleted in between. */
    static boolean isPassing(long result) {
        return result == -Errno.EAGAIN
                || result == -Errno.EINTR
                || result == -Errno.EBUSY
                || result == -Errno.EDEADLK
                || result == -Errno.ETIMEDOUT;
    }

    /** No bucket has more elements than the map, but for some that are on their way in or out. */
    private boolean mayGrow(BatchCursor into) {
        return into.capacity() < 2 * Math.max(FEW, Integer.toUnsignedLong(map.maxEntries()));
    }

    private void checkRestart(BatchCursor into) {
        if (!mayRestart) {
            return;
        }
        int keySize = map.keySize();
        if (delivered == into.count()) {
            MemorySegment.copy(into.keys(), 0, firstKey, 0, keySize);
            return;
        }
        for (int i = 0; i < into.count(); i++) {
            long at = into.keyOffset(i);
            if (MemorySegment.mismatch(into.keys(), at, at + keySize, firstKey, 0, keySize) < 0) {
                outcome = WalkOutcome.RESTARTED;
            }
        }
        if (delivered > FEW && delivered / MOST_ROUNDS > Integer.toUnsignedLong(map.maxEntries())) {
            outcome = WalkOutcome.ABORTED;
        }
    }

    private RuntimeException failure(long result) {
        MapOperation operation = deletes ? MapOperation.LOOKUP_AND_DELETE : MapOperation.LOOKUP;
        return MapFailures.of(map, operation, attr.get(JAVA_LONG, MapBatch.ELEM_FLAGS), Errno.of(result));
    }

    @Override
    public BatchPath path() {
        return BatchPath.BATCH;
    }

    @Override
    public WalkOutcome outcome() {
        return outcome;
    }
}
