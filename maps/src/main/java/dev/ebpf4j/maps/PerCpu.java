package dev.ebpf4j.maps;

import java.util.Collections;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.ToLongFunction;

/**
 * The values that a key of a {@link PerCpuMap} has at one time, one for each CPU that the machine could ever have.
 *
 * @param values the values, in the order of the CPUs
 * @param <V> values
 */
public record PerCpu<V>(List<V> values) {
    /**
     * Copies the list.
     *
     * @param values the values, in the order of the CPUs; at least one
     */
    public PerCpu {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("there is no machine without CPUs");
        }
    }

    /**
     * {@return the same value for all CPUs}
     *
     * @param cpus how many, as in {@link PerCpuMap#cpus}
     * @param value the value
     * @param <V> values
     */
    public static <V> PerCpu<V> all(int cpus, V value) {
        return new PerCpu<>(Collections.nCopies(cpus, value));
    }

    /** {@return the number of values} */
    public int cpus() {
        return values.size();
    }

    /**
     * {@return the value of a CPU}
     *
     * @param cpu its number
     * @throws IndexOutOfBoundsException if there is no such CPU
     */
    public V get(int cpu) {
        return values.get(cpu);
    }

    /**
     * {@return all values put together}
     *
     * @param operator puts two together
     */
    public V reduce(BinaryOperator<V> operator) {
        return values.stream().reduce(operator).orElseThrow();
    }

    /**
     * {@return the sum of a number of each value}
     *
     * @param number takes it from a value
     */
    public long sum(ToLongFunction<? super V> number) {
        return values.stream().mapToLong(number).sum();
    }
}
