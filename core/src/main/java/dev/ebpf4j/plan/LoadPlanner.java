package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.KernelNames;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.SectionName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one {@link LoadPlan}. For one thread, and one use. */
final class LoadPlanner {
    private final LinkedObject object;
    private final KernelFeatures features;
    private final @Nullable Btf btf;
    private final MapPlanner maps;
    private final List<LoadStep> steps = new ArrayList<>();

    LoadPlanner(LinkedObject object, KernelFeatures features, Machine machine, PlanOptions options) {
        this.object = object;
        this.features = features;
        this.btf = LoadableBtf.of(object, features);
        this.maps = new MapPlanner(object, features, machine, btf != null, options);
    }

    LoadPlan plan() {
        loadBtf();
        openModules();
        maps.plan(steps);
        loadPrograms();
        maps.putPrograms(steps);
        return new LoadPlan(object, maps.slotCount(), steps);
    }

    private void loadBtf() {
        if (btf != null) {
            steps.add(new LoadStep.LoadBtf(btf));
        }
    }

    private void openModules() {
        object.programs().stream()
                .flatMap(program -> program.modules().stream())
                .distinct()
                .forEach(module -> steps.add(new LoadStep.OpenModuleBtf(module)));
    }

    private void loadPrograms() {
        for (int slot = 0; slot < object.programs().size(); slot++) {
            steps.add(load(slot, maps.place(fit(object.programs().get(slot)))));
        }
    }

    private LoadStep load(int slot, LinkedProgram program) {
        boolean withBtf = btf != null && !features.lacks(Feature.BTF_FUNC);
        return new LoadStep.LoadProgram(
                slot,
                features.lacks(Feature.OBJECT_NAMES) ? "" : KernelNames.ofProgram(program.name()),
                program,
                object.spec().license(),
                object.spec().kernelVersion(),
                withBtf,
                withBtf ? DebugInfo.functions(program, object.spec().byteOrder()) : Bytes.EMPTY,
                withBtf ? DebugInfo.lines(program, object.spec().byteOrder()) : Bytes.EMPTY);
    }

    /** Some sections name an attach type that kernels without attach types have no field for, and need none. */
    private LinkedProgram fit(LinkedProgram program) {
        ProgramSpec spec = program.spec();
        boolean optional = SectionName.meaning(spec.section())
                .map(name -> name.rule().has(SectionName.Trait.OPTIONAL_ATTACH_TYPE))
                .orElse(false);
        return optional && features.lacks(Feature.EXPECTED_ATTACH_TYPE)
                ? program.withSpec(spec.withType(spec.type(), AttachType.of(0)))
                : program;
    }
}
