package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.ebpf4j.spec.MapType;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * An array whose elements are set by a descriptor: programs to tail call (PROG_ARRAY), perf events (PERF_EVENT_ARRAY),
 * cgroups (CGROUP_ARRAY), AF_XDP sockets by the number of their queue (XSKMAP). The array holds what the descriptor stands for,
 * not the descriptor, which may be closed then; only AF_XDP sockets leave their map when they are closed, and perf events
 * when the handle of the map is that they were put in with.
 *
 * <p>A PROG_ARRAY is emptied by the kernel when its last handle and pin are gone, even while programs use it.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @kernel 4.2
 */
public final class FdArray {
    private final BpfMap map;

    private FdArray(BpfMap map) {
        this.map = map;
    }

    /**
     * A view of a map.
     *
     * @param map a map of one of the types above
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     */
    public static FdArray of(BpfMap map) {
        MapTypes.require(map, MapType.PROG_ARRAY, MapType.PERF_EVENT_ARRAY, MapType.CGROUP_ARRAY, MapType.XSKMAP);
        return new FdArray(map);
    }

    /** {@return the number of elements} */
    public int length() {
        return map.maxEntries();
    }

    /**
     * Sets an element.
     *
     * @param index 0 to {@link #length} - 1
     * @param fd the descriptor, which stays the caller's: of a loaded program, of a perf event, of a cgroup (see
     *     {@link KernelFd#path}), of an AF_XDP socket
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, as what can't be an element of this map
     */
    public void update(int index, int fd) {
        try (Scratch scratch = at(index)) {
            scratch.value.set(JAVA_INT_UNALIGNED, 0, fd);
            map.update(scratch, BpfMap.ANY);
        }
    }

    /**
     * Empties an element.
     *
     * @param index 0 to {@link #length} - 1
     * @return false where it was empty; an XSKMAP does not tell, and answers true
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean delete(int index) {
        try (Scratch scratch = at(index)) {
            return map.delete(scratch);
        }
    }

    /**
     * Says which program an element of a PROG_ARRAY is. What the other types hold the kernel tells nobody.
     *
     * @param index 0 to {@link #length} - 1
     * @return the id of the program, or empty where the element is
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, with ENOTSUPP for the other types
     * @kernel 4.18
     */
    public OptionalInt id(int index) {
        try (Scratch scratch = at(index)) {
            return map.lookup(scratch) ? OptionalInt.of(scratch.value.get(JAVA_INT_UNALIGNED, 0)) : OptionalInt.empty();
        }
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
