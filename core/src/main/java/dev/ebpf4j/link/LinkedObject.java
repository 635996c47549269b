package dev.ebpf4j.link;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.VariableSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An object on its way to one kernel. Each pass takes one and returns the next.
 *
 * @param spec the object it is made from
 * @param maps all maps, those that linking adds included; a map's index is its slot
 * @param variables all global variables; linking adds the kernel configuration values
 * @param programs the programs that will be loaded; a program's index is its slot
 * @param structOps the maps of kernel operations that will be made, as this kernel lays them out
 */
public record LinkedObject(
        ObjectSpec spec,
        List<MapSpec> maps,
        List<VariableSpec> variables,
        List<LinkedProgram> programs,
        List<LinkedStructOps> structOps) {
    /** Copies the lists. */
    public LinkedObject {
        maps = List.copyOf(maps);
        variables = List.copyOf(variables);
        programs = List.copyOf(programs);
        structOps = List.copyOf(structOps);
    }

    /**
     * An object without kernel operations.
     *
     * @param spec the object it is made from
     * @param maps all maps
     * @param variables all global variables
     * @param programs the programs that will be loaded
     */
    public LinkedObject(
            ObjectSpec spec, List<MapSpec> maps, List<VariableSpec> variables, List<LinkedProgram> programs) {
        this(spec, maps, variables, programs, List.of());
    }

    /** Returns a copy with other programs. */
    LinkedObject withPrograms(List<LinkedProgram> others) {
        return new LinkedObject(spec, maps, variables, others, structOps);
    }

    /** Returns a copy in which every program is changed. */
    LinkedObject mapPrograms(UnaryOperator<LinkedProgram> change) {
        return withPrograms(programs.stream().map(change).toList());
    }

    /** Returns whether any program still has a relocation of one kind. */
    boolean has(Class<?> kindOfReloc) {
        return programs.stream().anyMatch(program -> program.relocs().stream().anyMatch(kindOfReloc::isInstance));
    }
}
