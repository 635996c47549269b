package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.NumberCodec;

/**
 * A hash table or an array whose keys and values are whole numbers of up to 8 bytes, without objects for them: no operation
 * allocates anything. Got from {@link BpfHashMap#longs} and {@link BpfArray#longs}. As safe for threads as {@link BpfMap}.
 */
public final class LongMap {
    private final BpfMap map;
    private final NumberCodec<?> keys;
    private final NumberCodec<?> values;

    private LongMap(BpfMap map, NumberCodec<?> keys, NumberCodec<?> values) {
        this.map = map;
        this.keys = keys;
        this.values = values;
    }

    /** The codecs are bound already. */
    static LongMap of(BpfMap map, Codec<?> keys, Codec<?> values) {
        if (keys instanceof NumberCodec<?> numberKeys && values instanceof NumberCodec<?> numberValues) {
            return new LongMap(map, numberKeys, numberValues);
        }
        throw new UnsupportedOperationException("keys and values of map '" + map.name()
                + "' are not both whole numbers: keys are " + keys + ", values are " + values);
    }

    /**
     * The value of a key.
     *
     * @param key the key
     * @param absent what to return where there is no such key
     * @return the value
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public long lookup(long key, long absent) {
        try (Scratch scratch = at(key)) {
            return map.lookup(scratch) ? values.readLong(scratch.value, 0) : absent;
        }
    }

    /**
     * Says whether there is a key.
     *
     * @param key the key
     * @return whether it is there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean containsKey(long key) {
        try (Scratch scratch = at(key)) {
            return map.lookup(scratch);
        }
    }

    /**
     * Sets the value of a key, new or not.
     *
     * @param key the key
     * @param value the value
     * @throws MapFullException if there is no room for another
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void update(long key, long value) {
        put(key, value, BpfMap.ANY);
    }

    /**
     * Sets the value of a key that is not there. In arrays all keys are there.
     *
     * @param key the key
     * @param value the value
     * @return false, and nothing done, where the key is there
     * @throws MapFullException if there is no room for another
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean putIfAbsent(long key, long value) {
        return put(key, value, BpfMap.NOEXIST);
    }

    /**
     * Sets the value of a key that is there.
     *
     * @param key the key
     * @param value the value
     * @return false, and nothing done, where the key is not there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean replace(long key, long value) {
        return put(key, value, BpfMap.EXIST);
    }

    private boolean put(long key, long value, long flags) {
        try (Scratch scratch = at(key)) {
            values.writeLong(value, scratch.value, 0);
            return map.update(scratch, flags);
        }
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return false where there was no such key
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses; the elements of arrays cannot be removed
     */
    public boolean delete(long key) {
        try (Scratch scratch = at(key)) {
            return map.delete(scratch);
        }
    }

    /** Gets keys and values. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Gets one element.
         *
         * @param key its key
         * @param value its value
         */
        void visit(long key, long value);
    }

    /**
     * Visits the elements, in no particular order, in batches where the kernel has them.
     *
     * @param visitor gets each; it may change the map
     * @return whether changes by others led to repetitions
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public WalkOutcome forEach(Visitor visitor) {
        return map.forEach((key, value) -> visitor.visit(keys.readLong(key, 0), values.readLong(value, 0)));
    }

    private Scratch at(long key) {
        Scratch scratch = map.scratch();
        keys.writeLong(key, scratch.key, 0);
        return scratch;
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
