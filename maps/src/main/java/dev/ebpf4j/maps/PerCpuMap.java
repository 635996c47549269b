package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.codec.NumberCodec;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.spec.MapType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A map that keeps for each key one value per CPU that the machine could ever have (PERCPU_HASH, PERCPU_ARRAY,
 * LRU_PERCPU_HASH, PERCPU_CGROUP_STORAGE). Programs change the value of the CPU that they run on.
 *
 * <p>The values of a key are read one after the other while programs may change them, and written all at once or, where the
 * kernel can, one alone.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <K> keys; Integer for a PERCPU_ARRAY
 * @param <V> values
 * @kernel 4.6
 */
public final class PerCpuMap<K, V> {
    /** {@code BPF_F_CPU}: the CPU is in the upper half of the flags, and the value is its value alone. */
    private static final long ONE_CPU = 8;

    private final BpfMap map;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final int stride;

    /** Whether the kernel was asked for the value of one CPU, and had no such flag. */
    private volatile boolean allOnly;

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
     * @return its values, or null where there is no such key
     * @throws BpfException if the kernel refuses
     */
    public @Nullable PerCpu<V> lookup(K key) {
        try (Scratch scratch = at(key)) {
            return map.lookup(scratch) ? read(scratch.value) : null;
        }
    }

    private PerCpu<V> read(MemorySegment all) {
        List<V> result = new ArrayList<>(cpus());
        for (int cpu = 0; cpu < cpus(); cpu++) {
            result.add(values.read(all, (long) cpu * stride));
        }
        return new PerCpu<>(result);
    }

    /**
     * The value that a key has on one CPU. Kernels before 7.0 copy those of all CPUs for it.
     *
     * @param key the key
     * @param cpu 0 to {@link #cpus} - 1
     * @return the value, or null where there is no such key
     * @throws IndexOutOfBoundsException if there is no such CPU
     * @throws BpfException if the kernel refuses
     */
    public @Nullable V lookup(K key, int cpu) {
        Objects.checkIndex(cpu, cpus());
        try (Scratch scratch = at(key)) {
            if (!allOnly) {
                try {
                    return map.lookup(scratch, ONE_CPU | (long) cpu << 32) ? values.read(scratch.value, 0) : null;
                } catch (BpfException e) {
                    allOnly = lacksFlag(e);
                }
            }
            return map.lookup(scratch) ? values.read(scratch.value, (long) cpu * stride) : null;
        }
    }

    /** True where the kernel does not know the flag; every other refusal is thrown. */
    private static boolean lacksFlag(BpfException e) {
        if (e.errno().is(Errno.EINVAL)) {
            return true;
        }
        throw e;
    }

    /**
     * The sum of a key's values, if these are whole numbers. Makes no objects.
     *
     * @param key the key
     * @return the sum, 0 where there is no such key
     * @throws UnsupportedOperationException if values are something else
     * @throws BpfException if the kernel refuses
     */
    public long sum(K key) {
        return reduce(key, 0, Long::sum);
    }

    /**
     * All values of a key put together, if these are whole numbers. Makes no objects.
     *
     * @param key the key
     * @param identity what to begin with, and what is returned where there is no such key
     * @param operator puts two numbers together
     * @return the result
     * @throws UnsupportedOperationException if values are something else
     * @throws BpfException if the kernel refuses
     */
    public long reduce(K key, long identity, LongBinaryOperator operator) {
        if (!(values instanceof NumberCodec<V> numbers)) {
            throw new UnsupportedOperationException(
                    "the values of map '" + map.name() + "' are no whole numbers, but " + values);
        }
        try (Scratch scratch = at(key)) {
            long result = identity;
            if (map.lookup(scratch)) {
                for (int cpu = 0; cpu < cpus(); cpu++) {
                    result = operator.applyAsLong(result, numbers.readLong(scratch.value, (long) cpu * stride));
                }
            }
            return result;
        }
    }

    /**
     * Sets the values of a key, new or not.
     *
     * @param key the key
     * @param perCpu {@link #cpus} values
     * @throws MapSizeException if it is another number of values
     * @throws BpfException if the kernel refuses
     */
    public void update(K key, PerCpu<V> perCpu) {
        put(key, perCpu, BpfMap.ANY);
    }

    /**
     * Sets the values of a key that is not there. In arrays all keys are there.
     *
     * @param key the key
     * @param perCpu {@link #cpus} values
     * @return false, and nothing done, where the key is there
     * @throws MapSizeException if it is another number of values
     * @throws BpfException if the kernel refuses
     */
    public boolean putIfAbsent(K key, PerCpu<V> perCpu) {
        return put(key, perCpu, BpfMap.NOEXIST);
    }

    /**
     * Sets the values of a key that is there.
     *
     * @param key the key
     * @param perCpu {@link #cpus} values
     * @return false, and nothing done, where the key is not there
     * @throws MapSizeException if it is another number of values
     * @throws BpfException if the kernel refuses
     */
    public boolean replace(K key, PerCpu<V> perCpu) {
        return put(key, perCpu, BpfMap.EXIST);
    }

    private boolean put(K key, PerCpu<V> perCpu, long flags) {
        if (perCpu.cpus() != cpus()) {
            throw new MapSizeException(map.name(), "value", map.valueBytes(), Math.multiplyFull(perCpu.cpus(), stride));
        }
        try (Scratch scratch = at(key)) {
            for (int cpu = 0; cpu < cpus(); cpu++) {
                values.write(perCpu.get(cpu), scratch.value, (long) cpu * stride);
            }
            return map.update(scratch, flags);
        }
    }

    /**
     * Sets the value that a key has on one CPU. If the key is new, it is 0 on the others.
     *
     * @param key the key
     * @param cpu 0 to {@link #cpus} - 1
     * @param value the value
     * @throws IndexOutOfBoundsException if there is no such CPU
     * @throws UnsupportedFeatureException if the kernel can only write the values of all CPUs
     * @throws BpfException if the kernel refuses for another reason
     * @kernel 7.0
     */
    public void update(K key, int cpu, V value) {
        Objects.checkIndex(cpu, cpus());
        try (Scratch scratch = at(key)) {
            values.write(value, scratch.value, 0);
            try {
                map.update(scratch, ONE_CPU | (long) cpu << 32);
            } catch (BpfException e) {
                if (lacksFlag(e)) {
                    String operation = "update one CPU's value in map '" + map.name() + "'";
                    throw new UnsupportedFeatureException(operation, e.errno(), "flag BPF_F_CPU", "7.0");
                }
            }
        }
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return false where there was no such key
     * @throws BpfException if the kernel refuses; the elements of arrays cannot be removed
     */
    public boolean delete(K key) {
        try (Scratch scratch = at(key)) {
            return map.delete(scratch);
        }
    }

    /**
     * Visits the keys, in no particular order, in batches where the kernel has them.
     *
     * @param action gets each key and its values
     * @return whether changes by others led to repetitions
     * @throws BpfException if the kernel refuses
     */
    public WalkOutcome forEach(BiConsumer<? super K, ? super PerCpu<V>> action) {
        return map.forEach((key, all) -> action.accept(keys.read(key, 0), read(all)));
    }

    private Scratch at(K key) {
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        return scratch;
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
