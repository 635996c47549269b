package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.spec.MapType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A map that keeps for each key one value per CPU that the machine could ever have (PERCPU_HASH, PERCPU_ARRAY,
 * LRU_PERCPU_HASH). Programs change the value of the CPU that they run on; the kernel reads and writes all of them here.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <K> keys; Integer for a PERCPU_ARRAY
 * @param <V> values
 */
public final class PerCpuMap<K, V> {
    private final BpfMap map;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final int stride;

    private PerCpuMap(BpfMap map, Codec<K> keys, Codec<V> values) {
        this.map = map;
        this.keys = keys.bind(map.keyType());
        this.values = values.bind(map.valueType());
        this.stride = BpfMap.stride(map.valueSize());
    }

    /**
     * A view of a map.
     *
     * @param map a per-CPU map
     * @param keys how keys stand in memory; {@link Codecs#INT} for a PERCPU_ARRAY
     * @param values how one CPU's value does
     * @param <K> keys
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if a codec does not fit the map's sizes or its BTF
     */
    public static <K, V> PerCpuMap<K, V> of(BpfMap map, Codec<K> keys, Codec<V> values) {
        MapTypes.require(
                map, MapType.PERCPU_HASH, MapType.PERCPU_ARRAY, MapType.LRU_PERCPU_HASH, MapType.PERCPU_CGROUP_STORAGE);
        return new PerCpuMap<>(map, keys, values);
    }

    /** {@return the number of values per key, one for each possible CPU} */
    public int cpus() {
        return map.valuesPerKey();
    }

    /**
     * The values of a key.
     *
     * @param key the key
     * @return {@link #cpus} values, in the order of the CPUs, or null where there is no such key
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public @Nullable List<V> lookup(K key) {
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        if (!map.lookup(scratch)) {
            return null;
        }
        List<V> result = new ArrayList<>(cpus());
        for (int cpu = 0; cpu < cpus(); cpu++) {
            result.add(values.read(scratch.value, (long) cpu * stride));
        }
        return result;
    }

    /**
     * Sets the values of a key, new or not.
     *
     * @param key the key
     * @param perCpu {@link #cpus} values, in the order of the CPUs
     * @throws MapSizeException if it is another number of values
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void update(K key, List<V> perCpu) {
        if (perCpu.size() != cpus()) {
            throw new MapSizeException(map.name(), "value", map.valueBytes(), Math.multiplyFull(perCpu.size(), stride));
        }
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        for (int cpu = 0; cpu < cpus(); cpu++) {
            values.write(perCpu.get(cpu), scratch.value, (long) cpu * stride);
        }
        map.update(scratch, BpfMap.ANY);
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return false where there was no such key
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses; the elements of arrays cannot be removed
     */
    public boolean delete(K key) {
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        return map.delete(scratch);
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
