package dev.ebpf4j.attach;

import dev.ebpf4j.spec.ProgramType;
import java.util.Set;

/**
 * The place that kernel operations (struct_ops) take: a TCP congestion control, a scheduler. Programs get there together,
 * by the map that they are the functions of: {@code LoadedObject.structOps(map).attach()}.
 *
 * @param map name of the map in the object
 * @kernel 5.6
 */
public record StructOps(String map) implements AttachTarget {
    @Override
    public Set<ProgramType> programTypes() {
        return Set.of(ProgramType.STRUCT_OPS);
    }

    @Override
    public String toString() {
        return "struct_ops '" + map + "'";
    }
}
