package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.spec.MapType;
import org.jspecify.annotations.Nullable;

/**
 * A QUEUE, which gives back first what went in first, or a STACK, which gives back first what went in last.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <V> elements
 * @kernel 4.20
 */
public final class BpfQueue<V> {
    private final BpfMap map;
    private final Codec<V> values;

    private BpfQueue(BpfMap map, Codec<V> values) {
        this.map = map;
        this.values = values.bind(map.valueType());
    }

    /**
     * A view of a map.
     *
     * @param map a map of type QUEUE or STACK
     * @param values how elements stand in memory
     * @param <V> elements
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's value size or its BTF
     */
    public static <V> BpfQueue<V> of(BpfMap map, Codec<V> values) {
        MapTypes.require(map, MapType.QUEUE, MapType.STACK);
        return new BpfQueue<>(map, values);
    }

    /**
     * Puts an element in.
     *
     * @param value the element
     * @return false, and nothing done, if there is no room
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean push(V value) {
        try {
            put(value, BpfMap.ANY);
            return true;
        } catch (MapFullException e) {
            return false;
        }
    }

    /**
     * Puts an element in; if there is no room, the oldest makes some.
     *
     * @param value the element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void pushEvicting(V value) {
        put(value, BpfMap.EXIST);
    }

    private void put(V value, long flags) {
        try (Scratch scratch = map.scratch()) {
            values.write(value, scratch.value, 0);
            map.update(scratch, flags);
        }
    }

    /**
     * The element that {@link #pop} would take.
     *
     * @return the element, or null if there is none
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public @Nullable V peek() {
        try (Scratch scratch = map.scratch()) {
            return map.lookup(scratch) ? values.read(scratch.value, 0) : null;
        }
    }

    /**
     * Takes an element out: the oldest of a queue, the newest of a stack.
     *
     * @return the element, or null if there is none
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public @Nullable V pop() {
        try (Scratch scratch = map.scratch()) {
            return map.lookupAndDelete(scratch, 0) ? values.read(scratch.value, 0) : null;
        }
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
