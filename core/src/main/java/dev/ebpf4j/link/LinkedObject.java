package dev.ebpf4j.link;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import java.util.List;

/**
 * An object on its way to one kernel. Each pass takes one and returns the next.
 *
 * @param spec the object it is made from
 * @param maps all maps; a map's index is its slot
 * @param programs the programs that will be loaded
 */
public record LinkedObject(ObjectSpec spec, List<MapSpec> maps, List<LinkedProgram> programs) {
    /** Copies the lists. */
    public LinkedObject {
        maps = List.copyOf(maps);
        programs = List.copyOf(programs);
    }
}
