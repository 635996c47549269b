package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;

/**
 * One thing to ask of the kernel. Steps name what earlier steps made by slot, never by a live handle: slot 3 of the
 * maps is the map that the step {@code CreateMap(3, …)} made.
 */
public sealed interface LoadStep {
    /** The slot number that means "none". */
    int NO_SLOT = -1;

    /**
     * Load type information; there is at most one per object.
     *
     * @param btf what the kernel gets
     */
    record LoadBtf(Btf btf) implements LoadStep {}

    /**
     * Create a map.
     *
     * @param map slot that the map takes
     * @param spec final shape: rounded, names cut, flags this kernel knows
     * @param withBtf whether key and value types are told to the kernel
     */
    record CreateMap(int map, MapSpec spec, boolean withBtf) implements LoadStep {}

    /**
     * Write element 0 of a map that holds a data section.
     *
     * @param map slot of the map
     * @param contents the value
     */
    record FillMap(int map, Bytes contents) implements LoadStep {}

    /**
     * Make a map read-only for user space.
     *
     * @param map slot of the map
     */
    record FreezeMap(int map) implements LoadStep {}

    /**
     * Put a map into a map of maps.
     *
     * @param outer slot of the map of maps
     * @param key key of the element
     * @param inner slot of the map to put there
     */
    record PutMap(int outer, int key, int inner) implements LoadStep {}

    /**
     * Load a program.
     *
     * @param program slot that the program takes
     * @param linked code and everything known about it
     * @param license licence of the object
     * @param kernelVersion version that the object claims to be for, or the kernel's
     * @param withBtf whether function and line information are told to the kernel
     */
    record LoadProgram(int program, LinkedProgram linked, String license, int kernelVersion, boolean withBtf)
            implements LoadStep {}

    /**
     * Put a program into a map of programs.
     *
     * @param map slot of the map
     * @param key key of the element
     * @param program slot of the program
     */
    record PutProgram(int map, int key, int program) implements LoadStep {}
}
