package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.spec.MapType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * An ARRAY map as values of a Java type. All elements exist from the start, as zeros, and none can be removed.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <V> values
 */
public final class BpfArray<V> {
    private final BpfMap map;
    private final Codec<V> values;

    private BpfArray(BpfMap map, Codec<V> values) {
        this.map = map;
        this.values = values.bind(map.valueType());
    }

    /**
     * A view of a map.
     *
     * @param map a map of type ARRAY
     * @param values how values stand in memory
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's value size or its BTF
     */
    public static <V> BpfArray<V> of(BpfMap map, Codec<V> values) {
        MapTypes.require(map, MapType.ARRAY);
        return new BpfArray<>(map, values);
    }

    /** {@return the number of elements} */
    public int length() {
        return map.maxEntries();
    }

    /**
     * The value of an element.
     *
     * @param index 0 to {@link #length} - 1
     * @return the value
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public V lookup(int index) {
        try (Scratch scratch = at(index)) {
            if (!map.lookup(scratch)) {
                throw new IndexOutOfBoundsException(
                        "the kernel has no element " + index + " in map '" + map.name() + "'");
            }
            return values.read(scratch.value, 0);
        }
    }

    /**
     * Sets the value of an element.
     *
     * @param index 0 to {@link #length} - 1
     * @param value the value
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, for instance because the map is frozen
     */
    public void update(int index, V value) {
        try (Scratch scratch = at(index)) {
            values.write(value, scratch.value, 0);
            map.update(scratch, BpfMap.ANY);
        }
    }

    /**
     * {@return a copy of all values, in batches where the kernel has them}
     *
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public List<V> snapshot() {
        MapSnapshot all = map.batches().snapshot();
        List<V> copy = new ArrayList<>(all.count());
        for (int i = 0; i < all.count(); i++) { // arrays are walked from the first element on
            copy.add(values.read(all.values(), (long) i * map.valueBytes()));
        }
        return Collections.unmodifiableList(copy);
    }

    /**
     * {@return the same map without objects for values; keys are the indices}
     *
     * @throws UnsupportedOperationException if values are not whole numbers of up to 8 bytes
     */
    public LongMap longs() {
        return LongMap.of(map, Codecs.INT, values);
    }

    private Scratch at(int index) {
        Objects.checkIndex(index, map.maxEntries());
        Scratch scratch = map.scratch();
        scratch.key.set(JAVA_INT_UNALIGNED, 0, index);
        return scratch;
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
