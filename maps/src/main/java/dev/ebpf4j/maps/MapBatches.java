package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Operations on many elements of a map with one system call, a third of the time per element. Where the type or the kernel
 * has none, or has none with the flags, they are done one by one, and the result says so.
 *
 * @kernel 5.6 for batches; without them everything works too
 */
public final class MapBatches {
    private final BpfMap map;

    MapBatches(BpfMap map) {
        this.map = map;
    }

    /**
     * What was done.
     *
     * @param count elements that were changed; less than asked for where keys to delete were missing, or keys were there or
     *     not as the flags did not want it
     * @param path how the kernel was told
     */
    public record Result(int count, BatchPath path) {}

    /**
     * {@return a walk over copies of all elements}
     *
     * @param capacity how many to fetch at once, at first
     */
    public BatchCursor lookup(int capacity) {
        return lookup(capacity, 0);
    }

    /**
     * {@return a walk over copies of all elements}
     *
     * @param capacity how many to fetch at once, at first
     * @param flags 0, or {@link BpfMap#F_LOCK} to copy each value as it is at one moment
     */
    public BatchCursor lookup(int capacity, long flags) {
        return new BatchCursor(map, capacity, false, flags);
    }

    /**
     * {@return a walk that takes all elements out of the map. Of hash tables in one step each, so that no change of a value is
     * lost; of tries by a lookup and a delete}
     *
     * @param capacity how many to take at once, at first
     */
    public BatchCursor drain(int capacity) {
        return new BatchCursor(map, capacity, true, 0);
    }

    /**
     * {@return copies of all elements}
     *
     * @throws BpfException if the kernel refuses
     */
    public MapSnapshot snapshot() {
        return MapSnapshot.of(map, lookup(Math.clamp(Integer.toUnsignedLong(map.maxEntries()), 1, 4096)));
    }

    /**
     * Sets the values of many keys.
     *
     * @param keys {@code count} keys, one after the other. Memory of a confined arena is handed to the kernel as it is, all
     *     other is copied
     * @param values their values, each of {@link BpfMap#valueBytes}
     * @param count how many
     * @param flags {@link BpfMap#ANY}, {@link BpfMap#F_LOCK}; with {@link BpfMap#NOEXIST} or {@link BpfMap#EXIST} it is done
     *     one by one
     * @return how many were changed, and how
     * @throws MapSizeException if a segment is too small
     * @throws MapBatchException if the kernel refuses an element; those before it are written
     */
    public Result update(MemorySegment keys, MemorySegment values, int count, long flags) {
        check(keys, values, count);
        if ((flags & ~BpfMap.F_LOCK) != 0) {
            return updateSingly(keys, values, count, flags);
        }
        try (BatchTransfer transfer = new BatchTransfer(map, Cmd.BPF_MAP_UPDATE_BATCH, keys, values, count, flags)) {
            while (!transfer.isOver()) {
                long result = transfer.send();
                if (transfer.isUnsupported(result)) {
                    return updateSingly(keys, values, count, flags);
                }
                if (result < 0) {
                    throw failure(MapOperation.UPDATE, result, flags, transfer.done(), count);
                }
            }
            return new Result(count, BatchPath.BATCH);
        }
    }

    private MapBatchException failure(MapOperation operation, long result, long flags, int done, int count) {
        return new MapBatchException(MapFailures.of(map, operation, flags, Errno.of(result)), done, count);
    }

    private Result updateSingly(MemorySegment keys, MemorySegment values, int count, long flags) {
        int changed = 0;
        for (int i = 0; i < count; i++) {
            try {
                MemorySegment value = values.asSlice((long) i * map.valueBytes(), map.valueBytes());
                changed += map.update(key(keys, i), value, flags) ? 1 : 0;
            } catch (BpfException e) {
                throw new MapBatchException(e, i, count);
            }
        }
        return new Result(changed, BatchPath.SINGLE);
    }

    /**
     * Deletes many keys. Those that are not there are passed over.
     *
     * @param keys {@code count} keys, one after the other. Memory of a confined arena is handed to the kernel as it is, all
     *     other is copied
     * @param count how many
     * @return how many were there, and how they were deleted
     * @throws MapSizeException if the segment is too small
     * @throws MapBatchException if the kernel refuses an element; those before it are deleted
     */
    public Result delete(MemorySegment keys, int count) {
        check(keys, null, count);
        int missing = 0;
        try (BatchTransfer transfer =
                new BatchTransfer(map, Cmd.BPF_MAP_DELETE_BATCH, keys, MemorySegment.NULL, count, 0)) {
            while (!transfer.isOver()) {
                long result = transfer.send();
                if (transfer.isUnsupported(result)) {
                    return deleteSingly(keys, count);
                }
                if (result == -Errno.ENOENT) {
                    transfer.skip();
                    missing++;
                } else if (result < 0) {
                    throw failure(MapOperation.DELETE, result, 0, transfer.done(), count);
                }
            }
            return new Result(count - missing, BatchPath.BATCH);
        }
    }

    private Result deleteSingly(MemorySegment keys, int count) {
        int deleted = 0;
        for (int i = 0; i < count; i++) {
            try {
                deleted += map.delete(key(keys, i)) ? 1 : 0;
            } catch (BpfException e) {
                throw new MapBatchException(e, i, count);
            }
        }
        return new Result(deleted, BatchPath.SINGLE);
    }

    private MemorySegment key(MemorySegment keys, int index) {
        return keys.asSlice((long) index * map.keySize(), map.keySize());
    }

    private void check(MemorySegment keys, @Nullable MemorySegment values, int count) {
        if (count < 0) {
            throw new IllegalArgumentException(count + " elements");
        }
        if (keys.byteSize() < (long) count * map.keySize()) {
            throw new MapSizeException(map.name(), "key", (long) count * map.keySize(), keys.byteSize());
        }
        if (values != null && values.byteSize() < (long) count * map.valueBytes()) {
            throw new MapSizeException(map.name(), "value", (long) count * map.valueBytes(), values.byteSize());
        }
    }
}
