package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.spec.MapType;
import java.util.function.BiConsumer;
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
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        return map.lookup(scratch) ? values.read(scratch.value, 0) : null;
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
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        return map.lookupAndDelete(scratch, 0) ? values.read(scratch.value, 0) : null;
    }

    /**
     * Says whether there is a key. In an LRU_HASH that counts as no use of it.
     *
     * @param key the key
     * @return whether it is there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean containsKey(K key) {
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        return map.lookup(scratch);
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
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        values.write(value, scratch.value, 0);
        return map.update(scratch, flags);
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return false where there was no such key
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean delete(K key) {
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        return map.delete(scratch);
    }

    /**
     * Visits the elements, in no particular order, with two system calls for each. While others change the map, an element
     * may be missed, and one may be visited twice; the action itself may delete the element it is given.
     *
     * @param action gets each key and value
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void forEach(BiConsumer<? super K, ? super V> action) {
        KeyWalk walk = new KeyWalk(map);
        while (walk.next()) {
            Scratch scratch = map.scratch();
            scratch.key.copyFrom(walk.key());
            if (map.lookup(scratch)) {
                V value = values.read(scratch.value, 0);
                K key = keys.read(walk.key(), 0);
                walk.advance();
                action.accept(key, value);
            } else {
                walk.advance();
            }
        }
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
