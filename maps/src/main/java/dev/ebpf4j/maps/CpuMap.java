package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.ebpf4j.spec.MapType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CPUs that XDP programs hand packets to (CPUMAP): each with a queue, a thread of the kernel that takes packets from it up the
 * network stack, and a program that sees them there before.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @kernel 4.15
 */
public final class CpuMap {
    private final BpfMap map;

    private CpuMap(BpfMap map) {
        this.map = map;
    }

    /**
     * An element.
     *
     * @param size how many packets wait at most
     * @param programId id of the program, 0 for none
     */
    public record Queue(int size, int programId) {}

    /**
     * A view of a map.
     *
     * @param map a map of type CPUMAP
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     */
    public static CpuMap of(BpfMap map) {
        MapTypes.require(map, MapType.CPUMAP);
        return new CpuMap(map);
    }

    /** {@return the number of elements: CPUs 0 to this - 1} */
    public int length() {
        return map.maxEntries();
    }

    /**
     * The queue of a CPU.
     *
     * @param cpu 0 to {@link #length} - 1
     * @return the queue, or null where there is none
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public @Nullable Queue lookup(int cpu) {
        try (Scratch scratch = at(cpu)) {
            if (!map.lookup(scratch)) {
                return null;
            }
            RedirectTarget found = RedirectTarget.read(scratch);
            return found.number() == 0 ? null : new Queue(found.number(), found.program());
        }
    }

    /**
     * Gives a CPU a queue and its thread, in place of those that it had.
     *
     * @param cpu 0 to {@link #length} - 1
     * @param size how many packets may wait, 1 to 16384
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalArgumentException if {@code size} is not positive: to the kernel 0 would mean no queue
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, with ENODEV if there is no such CPU
     */
    public void update(int cpu, int size) {
        put(cpu, size, 0);
    }

    /**
     * Gives a CPU a queue whose packets a program sees first.
     *
     * @param cpu 0 to {@link #length} - 1
     * @param size how many packets may wait, 1 to 16384
     * @param programFd descriptor of an XDP program that was loaded for BPF_XDP_CPUMAP
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalArgumentException if {@code size} is not positive, or the map's values have no room for a program
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, with ENODEV if there is no such CPU
     * @kernel 5.9
     */
    public void update(int cpu, int size, int programFd) {
        put(cpu, size, programFd);
    }

    private void put(int cpu, int size, int programFd) {
        if (size <= 0) {
            throw new IllegalArgumentException("a queue of " + size + " packets for CPU " + cpu);
        }
        try (Scratch scratch = at(cpu)) {
            new RedirectTarget(size, programFd).write(map, scratch);
            map.update(scratch, BpfMap.ANY);
        }
    }

    /**
     * Takes a CPU's queue away; packets that wait are sent on before its thread ends.
     *
     * @param cpu 0 to {@link #length} - 1
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void delete(int cpu) {
        try (Scratch scratch = at(cpu)) {
            map.delete(scratch);
        }
    }

    private Scratch at(int cpu) {
        Objects.checkIndex(cpu, map.maxEntries());
        Scratch scratch = map.scratch();
        scratch.key.set(JAVA_INT_UNALIGNED, 0, cpu);
        return scratch;
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
