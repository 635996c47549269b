package dev.ebpf4j.link;

import dev.ebpf4j.link.LinkedProgram.Target;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fits kernel operations (struct_ops) to this kernel's structs, and picks the programs that become their functions. Those
 * are loaded if a map that is made has them as a function, whatever their own autoload says: as in libbpf.
 */
final class ResolveStructOps implements Pass {
    private final KernelTypes kernel;

    ResolveStructOps(LinkInputs inputs) {
        this.kernel = new KernelTypes(inputs);
    }

    @Override
    public LinkedObject apply(LinkedObject object) {
        ObjectSpec spec = object.spec();
        List<LinkedStructOps> linked = new ArrayList<>();
        Map<String, Target> targets = new HashMap<>();
        Set<String> mentioned = new HashSet<>();
        for (int slot = 0; slot < object.maps().size(); slot++) {
            MapSpec map = object.maps().get(slot);
            if (map.type() == MapType.STRUCT_OPS) {
                map.slots().forEach(function -> mentioned.add(function.target()));
                if (map.autocreate() && map.problem() == null) {
                    linked.add(new StructOpsLayout(spec, map, kernel, targets).link(slot));
                }
            }
        }
        List<LinkedProgram> programs = new ArrayList<>();
        for (ProgramSpec program : spec.programs()) {
            Target target = targets.get(program.name());
            if (target != null) {
                programs.add(LinkedProgram.of(program).withTarget(target));
            } else if (program.type() == ProgramType.STRUCT_OPS && program.autoload()) {
                checkUnused(program, spec, mentioned);
            }
        }
        return new LinkedObject(spec, object.maps(), object.variables(), programs, linked);
    }

    /** A program of this type is nothing by itself: without a member of a struct, no kernel takes it. */
    private static void checkUnused(ProgramSpec program, ObjectSpec spec, Set<String> mentioned) {
        String who = "program '" + program.name() + "' (section '" + program.section() + "')";
        if (!mentioned.contains(program.name())) {
            throw new LinkException(
                    who + " is a function of no kernel operations (struct_ops): the object has no map that"
                            + " refers to it; set one by ObjectSpec.withStructOps, or use withAutoload(false)");
        }
        for (MapSpec map : spec.maps()) {
            if (map.problem() != null
                    && map.slots().stream()
                            .anyMatch(function -> function.target().equals(program.name()))) {
                throw new LinkException(
                        who + " is a function of '" + map.name() + "', which can't be made: " + map.problem());
            }
        }
    }
}
