package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.spec.MapType;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An LPM_TRIE: values by prefix, of which a lookup finds that of the longest prefix that matches.
 *
 * <p>Keys are {@link Prefix}es of addresses, or any struct whose first member is a {@code __u32} with the number of bits
 * that count of those behind it, which are compared from the first byte on, each from its highest bit.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <K> keys
 * @param <V> values
 * @kernel 4.11
 */
public final class LpmTrie<K, V> {
    private final BpfMap map;
    private final Codec<K> keys;
    private final Codec<V> values;

    private LpmTrie(BpfMap map, Codec<K> keys, Codec<V> values) {
        this.map = map;
        this.keys = keys.bind(map.keyType());
        this.values = values.bind(map.valueType());
    }

    /**
     * A view of a map whose keys are a {@code __u32} and an address: 4 bytes for IPv4; or 16 for IPv6 and, as IPv4-mapped
     * addresses ({@code ::ffff:10.0.0.0/104}), IPv4.
     *
     * @param map a map of type LPM_TRIE
     * @param values how values stand in memory
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if keys have another size, or the codec does not fit the map's values
     */
    public static <V> LpmTrie<Prefix, V> of(BpfMap map, Codec<V> values) {
        return of(map, PrefixCodec.UNBOUND, values);
    }

    /**
     * A view of a map.
     *
     * @param map a map of type LPM_TRIE
     * @param keys how keys stand in memory, with the number of bits in front
     * @param values how values do
     * @param <K> keys
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if a codec does not fit the map's sizes or its BTF
     */
    public static <K, V> LpmTrie<K, V> of(BpfMap map, Codec<K> keys, Codec<V> values) {
        MapTypes.require(map, MapType.LPM_TRIE);
        return new LpmTrie<>(map, keys, values);
    }

    /**
     * The value of the longest prefix that the key begins with.
     *
     * @param key what to match; for one address {@link Prefix#of}
     * @return the value, or null where no prefix matches
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public @Nullable V lookup(K key) {
        try (Scratch scratch = map.scratch()) {
            keys.write(key, scratch.key, 0);
            return map.lookup(scratch) ? values.read(scratch.value, 0) : null;
        }
    }

    /**
     * Sets the value of a prefix, new or not.
     *
     * @param prefix the prefix
     * @param value the value
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, for instance with ENOSPC because the map is full
     */
    public void update(K prefix, V value) {
        put(prefix, value, BpfMap.ANY);
    }

    /**
     * Sets the value of a prefix that is not there, whatever longer or shorter ones are.
     *
     * @param prefix the prefix
     * @param value the value
     * @return false, and nothing done, where it is there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean putIfAbsent(K prefix, V value) {
        return put(prefix, value, BpfMap.NOEXIST);
    }

    /**
     * Sets the value of a prefix that is there.
     *
     * @param prefix the prefix
     * @param value the value
     * @return false, and nothing done, where it is not there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean replace(K prefix, V value) {
        return put(prefix, value, BpfMap.EXIST);
    }

    private boolean put(K prefix, V value, long flags) {
        try (Scratch scratch = map.scratch()) {
            keys.write(prefix, scratch.key, 0);
            values.write(value, scratch.value, 0);
            return map.update(scratch, flags);
        }
    }

    /**
     * Removes exactly this prefix; longer and shorter ones stay.
     *
     * @param prefix the prefix
     * @return false where it was not there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean delete(K prefix) {
        try (Scratch scratch = map.scratch()) {
            keys.write(prefix, scratch.key, 0);
            return map.delete(scratch);
        }
    }

    /**
     * Visits the prefixes, longer ones before the shorter ones that contain them. While others change the map, one may be
     * visited with the value of a shorter one. The action may change the map, and delete the prefix that it is given.
     *
     * @param action gets each prefix and its value
     * @return whether changes by others led to repetitions
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     * @kernel 4.16
     */
    public WalkOutcome forEach(BiConsumer<? super K, ? super V> action) {
        return map.forEach((prefix, value) -> action.accept(keys.read(prefix, 0), values.read(value, 0)));
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
