package dev.ebpf4j.link;

import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kernel operations (struct_ops) as one kernel lays them out.
 *
 * @param map slot of their map
 * @param valueTypeId BTF id of the map's value, a {@code struct bpf_struct_ops_…} around the operations
 * @param module the module whose BTF the id is of; null for the kernel proper
 * @param value the value, its functions left zero
 * @param functions the value's functions: offset in the value in bytes, and name of a program that is loaded
 */
public record LinkedStructOps(
        int map, int valueTypeId, @Nullable ModuleBtf module, Bytes value, List<MapSpec.Slot> functions) {
    /** Copies the list. */
    public LinkedStructOps {
        functions = List.copyOf(functions);
    }
}
