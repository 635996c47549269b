package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.spec.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A hash table (HASH, LRU_HASH, RHASH) as keys and values of Java types. The values of CGROUP_STORAGE are read and replaced
 * so, too; its keys come and go with the programs that are attached.
 *
 * <p>What the methods {@code putIfAbsent}, {@code replace}, {@code containsKey} do is atomic, as in
 * {@link java.util.concurrent.ConcurrentMap}. A value is read while programs may write it: only fields of up to 8 bytes that lie
 * on their natural boundaries are always whole.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class BpfHashMap<K, V> {
    /** Elements that {@link #drain} asks for at once, at first. */
    private static final int BATCH = 1024;

    private final BpfMap map;
    private final Codec<K> keys;
    private final Codec<V> values;

    private BpfHashMap(BpfMap map, Codec<K> keys, Codec<V> values) {
        this.map = map;
        this.keys = keys.bind(map.keyType());
        this.values = values.bind(map.valueType());
    }

    /**
     * A view of a map.
     *
     * @param map a map of type HASH or LRU_HASH
     * @param keys how keys stand in memory
     * @param values how values do
     * @param <K> keys
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if a codec does not fit the map's sizes or its BTF
     */
    public static <K, V> BpfHashMap<K, V> of(BpfMap map, Codec<K> keys, Codec<V> values) {
        MapTypes.require(map, MapType.HASH, MapType.LRU_HASH, MapType.RHASH, MapType.CGROUP_STORAGE);
        return new BpfHashMap<>(map, keys, values);
    }

    /**
     * The value of a key.
     *
     * @param key the key
     * @return the value, or null where there is no such key
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public @Nullable V lookup(K key) {
        try (Scratch scratch = map.scratch()) {
            keys.write(key, scratch.key, 0);
            return map.lookup(scratch) ? values.read(scratch.value, 0) : null;
        }
    }

    /**
     * Sets the value of a key, new or not.
     *
     * @param key the key
     * @param value the value
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, for instance with E2BIG because the map is full
     */
    public void update(K key, V value) {
        put(key, value, BpfMap.ANY);
    }

    /**
     * Sets the value of a key that is not there.
     *
     * @param key the key
     * @param value the value
     * @return false, and nothing done, where the key is there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean putIfAbsent(K key, V value) {
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
    public boolean replace(K key, V value) {
        return put(key, value, BpfMap.EXIST);
    }

    /**
     * Takes a key out with its value, in one step, so that no change of the value is lost.
     *
     * @param key the key
     * @return the value that it had, or null where there was no such key
     * @throws dev.ebpf4j.error.UnsupportedFeatureException if this kernel has no such operation for hash tables
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses for another reason
     * @kernel 5.14
     */
    public @Nullable V lookupAndDelete(K key) {
        try (Scratch scratch = map.scratch()) {
            keys.write(key, scratch.key, 0);
            return map.lookupAndDelete(scratch, 0) ? values.read(scratch.value, 0) : null;
        }
    }

    /**
     * Says whether there is a key. In an LRU_HASH that counts as no use of it.
     *
     * @param key the key
     * @return whether it is there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean containsKey(K key) {
        try (Scratch scratch = map.scratch()) {
            keys.write(key, scratch.key, 0);
            return map.lookup(scratch);
        }
    }

    /**
     * {@return the same map without objects for keys and values}
     *
     * @throws UnsupportedOperationException if keys or values are not whole numbers of up to 8 bytes
     */
    public LongMap longs() {
        return LongMap.of(map, keys, values);
    }

    private boolean put(K key, V value, long flags) {
        try (Scratch scratch = map.scratch()) {
            keys.write(key, scratch.key, 0);
            values.write(value, scratch.value, 0);
            return map.update(scratch, flags);
        }
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return false where there was no such key
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean delete(K key) {
        try (Scratch scratch = map.scratch()) {
            keys.write(key, scratch.key, 0);
            return map.delete(scratch);
        }
    }

    /**
     * Visits the elements, in no particular order, in batches where the kernel has them. The action may change the map, and
     * delete the element that it is given. What is to be without an object for each is had from {@link BpfMap#forEach} and
     * {@link LongMap#forEach}.
     *
     * @param action gets each key and value
     * @return whether changes by others led to repetitions
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public WalkOutcome forEach(BiConsumer<? super K, ? super V> action) {
        return map.forEach((key, value) -> action.accept(keys.read(key, 0), values.read(value, 0)));
    }

    /**
     * {@return the elements, in no particular order, sequentially; fetched in batches as the stream goes on}
     *
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, when the stream is run
     */
    public Stream<Map.Entry<K, V>> stream() {
        return map.stream().map(element -> Map.entry(keys.read(element.key(), 0), values.read(element.value(), 0)));
    }

    /**
     * {@return a copy of the elements, which does not change. Not of one moment where others change the map meanwhile}
     *
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public Map<K, V> snapshot() {
        Map<K, V> copy = new HashMap<>();
        forEach(copy::put);
        return Collections.unmodifiableMap(copy);
    }

    /**
     * Takes all elements out of the map, each with its value in one step, so that no change of the value is lost; in batches.
     *
     * @param action gets each key and value
     * @return whether changes by others led to repetitions
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     * @kernel 5.6
     */
    public WalkOutcome drain(BiConsumer<? super K, ? super V> action) {
        BatchCursor cursor = map.batches().drain(BATCH);
        while (cursor.next()) {
            for (int i = 0; i < cursor.count(); i++) {
                action.accept(
                        keys.read(cursor.keys(), cursor.keyOffset(i)),
                        values.read(cursor.values(), cursor.valueOffset(i)));
            }
        }
        return cursor.outcome();
    }

    /**
     * Sets the values of many keys, new or not, in batches.
     *
     * @param elements keys and values
     * @throws MapBatchException if the kernel refuses one, for instance because the map is full; some of the others are set
     */
    public void updateAll(Map<? extends K, ? extends V> elements) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment allKeys = arena.allocate((long) elements.size() * map.keySize(), Long.BYTES);
            MemorySegment allValues = arena.allocate((long) elements.size() * map.valueBytes(), Long.BYTES);
            int count = 0;
            for (Map.Entry<? extends K, ? extends V> element : elements.entrySet()) {
                keys.write(element.getKey(), allKeys, (long) count * map.keySize());
                values.write(element.getValue(), allValues, (long) count * map.valueBytes());
                count++;
            }
            map.batches().update(allKeys, allValues, count, BpfMap.ANY);
        }
    }

    /**
     * Removes many keys, in batches.
     *
     * @param gone the keys; those that are not there are passed over
     * @return how many were there
     * @throws MapBatchException if the kernel refuses; some are removed
     */
    public int deleteAll(Collection<? extends K> gone) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate((long) gone.size() * map.keySize(), Long.BYTES);
            int count = 0;
            for (K key : gone) {
                keys.write(key, all, (long) count++ * map.keySize());
            }
            return map.batches().delete(all, count).count();
        }
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
