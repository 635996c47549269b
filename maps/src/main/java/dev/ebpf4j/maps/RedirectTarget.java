package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * The value of maps that redirect packets: a number, and where it has 8 bytes a program, by its descriptor when it is
 * written and by its id when it is read ({@code struct bpf_devmap_val}, {@code struct bpf_cpumap_val}).
 *
 * @param number index of a device or size of a queue
 * @param program descriptor or id of a program, 0 for none
 */
record RedirectTarget(int number, int program) {
    private static final int NUMBER_ONLY = 4;

    static RedirectTarget read(Scratch scratch) {
        MemorySegment value = scratch.value;
        int program = value.byteSize() > NUMBER_ONLY ? value.get(JAVA_INT_UNALIGNED, NUMBER_ONLY) : 0;
        return new RedirectTarget(value.get(JAVA_INT_UNALIGNED, 0), program);
    }

    void write(BpfMap map, Scratch scratch) {
        scratch.value.set(JAVA_INT_UNALIGNED, 0, number);
        if (map.valueSize() > NUMBER_ONLY) {
            scratch.value.set(JAVA_INT_UNALIGNED, NUMBER_ONLY, program);
        } else if (program != 0) {
            throw new IllegalArgumentException(
                    "map '" + map.name() + "' has values of 4 bytes, without room for a program; 8 bytes are needed");
        }
    }
}
