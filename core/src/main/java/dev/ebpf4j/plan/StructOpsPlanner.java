package dev.ebpf4j.plan;

import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedStructOps;
import dev.ebpf4j.plan.LoadStep.CompleteStructOps;
import dev.ebpf4j.plan.LoadStep.CompleteStructOps.FunctionAt;
import dev.ebpf4j.plan.LoadStep.CreateStructOps;
import dev.ebpf4j.spec.MapSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plans the maps of kernel operations: created before the programs, completed after them. */
final class StructOpsPlanner {
    /** {@code BPF_F_VTYPE_BTF_OBJ_FD}: the type of the value is one of a module. */
    private static final int VTYPE_BTF_OBJ_FD = 1 << 15;

    private final LinkedObject object;
    private final boolean withBtf;

    /**
     * @param withBtf whether the object's type information is loaded, without which the kernel takes no operations
     */
    StructOpsPlanner(LinkedObject object, boolean withBtf) {
        this.object = object;
        this.withBtf = withBtf;
    }

    /** Returns a map in the shape of the kernel's struct. */
    MapSpec shape(int slot) {
        MapSpec map = object.maps().get(slot);
        if (!withBtf) {
            throw new LinkException("struct_ops '" + map.name() + "' needs type information (BTF), which "
                    + (object.spec().btf() == null ? "the object has not" : "this kernel does not take"));
        }
        LinkedStructOps operations = find(slot);
        return map.toBuilder()
                .keySize(Integer.BYTES)
                .valueSize(operations.value().size())
                .maxEntries(1)
                .flags(operations.module() == null ? map.flags() : map.flags() | VTYPE_BTF_OBJ_FD)
                .typeIds(0, 0)
                .contents(null)
                .build();
    }

    /** Adds the step that creates a map. */
    void create(int slot, String kernelName, MapSpec shape, List<LoadStep> steps) {
        steps.add(new CreateStructOps(slot, kernelName, shape, find(slot)));
    }

    /** Adds the steps that complete all operations, for after the programs. */
    void complete(List<LoadStep> steps) {
        Map<String, Integer> programs = new HashMap<>();
        for (int slot = 0; slot < object.programs().size(); slot++) {
            programs.put(object.programs().get(slot).name(), slot);
        }
        for (LinkedStructOps operations : object.structOps()) {
            List<FunctionAt> functions = new ArrayList<>();
            for (MapSpec.Slot function : operations.functions()) {
                Integer program = programs.get(function.target());
                if (program == null) {
                    throw new LinkException(
                            "struct_ops '" + object.maps().get(operations.map()).name() + "' needs program '"
                                    + function.target() + "', which is not loaded");
                }
                functions.add(new FunctionAt(function.key(), program));
            }
            steps.add(new CompleteStructOps(operations.map(), operations.value(), functions));
        }
    }

    private LinkedStructOps find(int slot) {
        for (LinkedStructOps operations : object.structOps()) {
            if (operations.map() == slot) {
                return operations;
            }
        }
        throw new LinkException("struct_ops '" + object.maps().get(slot).name() + "' is not linked");
    }
}
