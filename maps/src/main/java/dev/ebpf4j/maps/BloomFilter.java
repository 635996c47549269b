package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.spec.MapType;

/**
 * A BLOOM_FILTER: a set that nothing is ever taken out of, and that may say that it contains what it does not.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <V> elements
 * @kernel 5.16
 */
public final class BloomFilter<V> {
    private final BpfMap map;
    private final Codec<V> values;

    private BloomFilter(BpfMap map, Codec<V> values) {
        this.map = map;
        this.values = values.bind(map.valueType());
    }

    /**
     * A view of a map.
     *
     * @param map a map of type BLOOM_FILTER
     * @param values how elements stand in memory
     * @param <V> elements
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's value size or its BTF
     */
    public static <V> BloomFilter<V> of(BpfMap map, Codec<V> values) {
        MapTypes.require(map, MapType.BLOOM_FILTER);
        return new BloomFilter<>(map, values);
    }

    /**
     * Adds an element. More than the map was created for only make wrong answers more frequent.
     *
     * @param value the element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void add(V value) {
        try (Scratch scratch = map.scratch()) {
            values.write(value, scratch.value, 0);
            map.update(scratch, BpfMap.ANY);
        }
    }

    /**
     * Asks for an element.
     *
     * @param value the element
     * @return false if it was never added; true if it was, and now and then although it was not
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean mightContain(V value) {
        try (Scratch scratch = map.scratch()) {
            values.write(value, scratch.value, 0);
            return map.lookup(scratch);
        }
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
