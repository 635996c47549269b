package dev.ebpf4j.maps;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Takes a map's elements out of the kernel in batches: copies of them, or the elements themselves, which are deleted with
 * the same call. Its memory is used for each batch anew, and grows where the kernel has more in one bucket than fits.
 *
 * <pre>{@code
 * BatchCursor cursor = map.batches().lookup(1000);
 * while (cursor.next()) {
 *   for (int i = 0; i < cursor.count(); i++) {
 *     sum += cursor.values().get(JAVA_LONG, cursor.valueOffset(i));
 *   }
 * }
 * }</pre>
 *
 * <p>Others may change the map meanwhile; {@link #outcome} says what that did to the walk. Hash tables are walked bucket by
 * bucket, each as it is at one moment, so that this ends, and nothing that stays is missed or comes twice. For one thread
 * at a time. There is nothing to close: the memory goes with this object.
 */
public final class BatchCursor {
    private final BpfMap map;
    private final boolean deletes;
    private final long flags;
    private int capacity;
    private MemorySegment keys;
    private MemorySegment values;
    private int count;
    private boolean over;
    private BatchSource source;

    BatchCursor(BpfMap map, int capacity, boolean deletes, long flags) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("room for " + capacity + " elements");
        }
        this.map = map;
        this.deletes = deletes;
        this.flags = flags;
        this.capacity = capacity;
        Arena arena = Arena.ofAuto();
        this.keys = arena.allocate((long) capacity * map.keySize(), Long.BYTES);
        this.values = arena.allocate((long) capacity * map.valueBytes(), Long.BYTES);
        this.source = new KernelBatches(map, deletes, flags);
    }

    /**
     * Fetches the next batch, in place of the one before.
     *
     * @return false at the end, with a {@link #count} of 0
     * @throws MapOperationException if the type has no such operation
     * @throws MapAccessException if the map may not be read, or not be written where elements are deleted
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses for another reason
     */
    public boolean next() {
        count = 0;
        while (count == 0 && !over) {
            switch (source.fetch(this)) {
                case MORE -> {}
                case LAST -> over = true;
                case GROW -> grow();
                case UNSUPPORTED -> source = new SingleElements(map, deletes, flags);
            }
        }
        return count > 0;
    }

    /** Begins again with the first element. */
    public void restart() {
        over = false;
        count = 0;
        source = source.path() == BatchPath.BATCH
                ? new KernelBatches(map, deletes, flags)
                : new SingleElements(map, deletes, flags);
    }

    /** Nothing is lost: the kernel has delivered nothing and stands where it stood. */
    private void grow() {
        capacity = Math.multiplyExact(capacity, 2);
        Arena arena = Arena.ofAuto();
        keys = arena.allocate((long) capacity * map.keySize(), Long.BYTES);
        values = arena.allocate((long) capacity * map.valueBytes(), Long.BYTES);
    }

    void count(int value) {
        count = value;
    }

    /** {@return how many elements are in this batch} */
    public int count() {
        return count;
    }

    /** {@return how many elements a batch has room for} */
    public int capacity() {
        return capacity;
    }

    /** {@return how the elements come from the kernel; what is said before the first batch may prove wrong} */
    public BatchPath path() {
        return source.path();
    }

    /** {@return how the walk went so far} */
    public WalkOutcome outcome() {
        return source.outcome();
    }

    /** {@return the keys, one after the other; valid until the next batch} */
    public MemorySegment keys() {
        return keys;
    }

    /** {@return the values, one after the other, each of {@link BpfMap#valueBytes}; valid until the next batch} */
    public MemorySegment values() {
        return values;
    }

    /**
     * {@return where a key begins in {@link #keys}}
     *
     * @param index 0 to {@link #count} - 1
     */
    public long keyOffset(int index) {
        return (long) index * map.keySize();
    }

    /**
     * {@return where a value begins in {@link #values}}
     *
     * @param index 0 to {@link #count} - 1
     */
    public long valueOffset(int index) {
        return (long) index * map.valueBytes();
    }
}
