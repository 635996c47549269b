package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.BpfAttr.MapBatch;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Operations on many elements of a map with one system call, a third of the time per element. Where the type or the kernel
 * has none, or has none with the flags, they are done one by one, and the result says so.
 *
 * @kernel 5.6 for batches; without them everything works too
 */
public final class MapBatches {
    /** A thread that confined memory is certainly not confined to. */
    private static final Thread NOBODY = new Thread(() -> {});

    private static final int MOST_ATTEMPTS = 1000;

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
            return updateSingly(keys, values, 0, count, flags);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = attr(arena, forKernel(keys, arena), forKernel(values, arena), flags);
            int done = 0;
            int attempts = 0;
            while (done < count) {
                long result = run(Cmd.BPF_MAP_UPDATE_BATCH, attr, done, count);
                int step = step(attr, result, count - done);
                done += step;
                if (step == 0 && done == 0 && isMissing(result)) {
                    return updateSingly(keys, values, 0, count, flags);
                }
                if (result < 0 && !isPassing(result, attempts++)) {
                    BpfException cause = MapFailures.of(map, MapOperation.UPDATE, flags, Errno.of(result));
                    throw new MapBatchException(cause, done, count);
                }
            }
            Reference.reachabilityFence(keys);
            Reference.reachabilityFence(values);
            return new Result(count, BatchPath.BATCH);
        }
    }

    private Result updateSingly(MemorySegment keys, MemorySegment values, int from, int count, long flags) {
        int changed = 0;
        for (int i = from; i < count; i++) {
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
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = attr(arena, forKernel(keys, arena), MemorySegment.NULL, 0);
            int done = 0;
            int missing = 0;
            int attempts = 0;
            while (done < count) {
                long result = run(Cmd.BPF_MAP_DELETE_BATCH, attr, done, count);
                int step = step(attr, result, count - done);
                done += step;
                if (step == 0 && done == 0 && isMissing(result)) {
                    return deleteSingly(keys, count);
                }
                if (result == -Errno.ENOENT) {
                    done++;
                    missing++;
                } else if (result < 0 && !isPassing(result, attempts++)) {
                    BpfException cause = MapFailures.of(map, MapOperation.DELETE, 0, Errno.of(result));
                    throw new MapBatchException(cause, done, count);
                }
            }
            Reference.reachabilityFence(keys);
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

    /** The kernel must not meet memory that another thread may free meanwhile; only confined memory is safe from that. */
    private static MemorySegment forKernel(MemorySegment memory, Arena arena) {
        boolean confined = memory.isNative() && !memory.isAccessibleBy(NOBODY);
        if (confined) {
            return memory;
        }
        MemorySegment copy = arena.allocate(memory.byteSize(), Long.BYTES);
        return copy.copyFrom(memory);
    }

    private MemorySegment attr(Arena arena, MemorySegment keys, MemorySegment values, long flags) {
        MemorySegment attr = arena.allocate(MapBatch.BYTES, Long.BYTES);
        attr.set(JAVA_LONG, MapBatch.KEYS, keys.address());
        attr.set(JAVA_LONG, MapBatch.VALUES, values.address());
        attr.set(JAVA_LONG, MapBatch.ELEM_FLAGS, flags);
        return attr;
    }

    /** Asks for the elements from {@code done} on. */
    private long run(int cmd, MemorySegment whole, int done, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(MapBatch.BYTES, Long.BYTES).copyFrom(whole);
            attr.set(JAVA_LONG, MapBatch.KEYS, whole.get(JAVA_LONG, MapBatch.KEYS) + (long) done * map.keySize());
            if (cmd == Cmd.BPF_MAP_UPDATE_BATCH) {
                long values = whole.get(JAVA_LONG, MapBatch.VALUES) + (long) done * map.valueBytes();
                attr.set(JAVA_LONG, MapBatch.VALUES, values);
            }
            attr.set(JAVA_INT, MapBatch.COUNT, count - done);
            long result = map.longCall(fd -> {
                attr.set(JAVA_INT, MapBatch.MAP_FD, fd);
                return map.sys().bpf(cmd, attr, MapBatch.BYTES);
            });
            whole.set(JAVA_INT, MapBatch.COUNT, attr.get(JAVA_INT, MapBatch.COUNT));
            return result;
        }
    }

    /** How many elements went well. A failure that left the count alone came before the first of them. */
    private static int step(MemorySegment attr, long result, int asked) {
        int count = attr.get(JAVA_INT, MapBatch.COUNT);
        return result < 0 && count == asked ? 0 : count;
    }

    /** What kernels answer that have no such command, of this type or at all. */
    private static boolean isMissing(long result) {
        return result == -Errno.ENOTSUPP || result == -Errno.EINVAL;
    }

    /** Whether it is worth another try, as it mostly is. */
    private static boolean isPassing(long result, int attempts) {
        return KernelBatches.isPassing(result) && attempts < MOST_ATTEMPTS;
    }
}
