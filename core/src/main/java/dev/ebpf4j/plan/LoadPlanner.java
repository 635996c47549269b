package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.KernelNames;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes one {@link LoadPlan}. For one thread, and one use. */
final class LoadPlanner {
    private static final String NOT_BOUND = "constants are not found through the programs that do not read them";
    static final String NO_NAMES = "maps and programs get none";

    private final LinkedObject given;
    private final LinkedObject object;
    private final Degradations features;
    private final @Nullable Btf btf;
    private final MapPlanner maps;
    private final List<LoadStep> steps = new ArrayList<>();

    LoadPlanner(LinkedObject object, KernelFeatures features, Machine machine, PlanOptions options) {
        this.given = object;
        this.features = new Degradations(features);
        this.object = ContextArguments.fit(object, this.features);
        this.btf = LoadableBtf.of(this.object, this.features);
        this.maps = new MapPlanner(object, this.features, machine, btf != null, options);
    }

    LoadPlan plan() {
        loadBtf();
        openTargets();
        maps.plan(steps);
        loadPrograms();
        maps.putPrograms(steps);
        return new LoadPlan(given, maps.slotCount(), steps, features.notes());
    }

    private void loadBtf() {
        if (btf != null) {
            boolean required = object.maps().stream().anyMatch(map -> map.type() == MapType.STRUCT_OPS);
            steps.add(new LoadStep.LoadBtf(btf, required));
        }
    }

    private void openTargets() {
        Stream<ModuleBtf> ofPrograms = object.programs().stream().flatMap(program -> program.modules().stream());
        Stream<ModuleBtf> ofMaps = object.structOps().stream().flatMap(ops -> Stream.ofNullable(ops.module()));
        Stream.concat(ofPrograms, ofMaps).distinct().forEach(module -> steps.add(new LoadStep.OpenModuleBtf(module)));
        object.programs().stream()
                .map(program -> program.spec().attachProgram())
                .filter(id -> id != 0)
                .distinct()
                .forEach(id -> steps.add(new LoadStep.OpenProgram(id)));
    }

    private void loadPrograms() {
        ProgramsForOldKernels old = new ProgramsForOldKernels(features, object.maps(), maps::isPlanned);
        for (int slot = 0; slot < object.programs().size(); slot++) {
            LinkedProgram program = maps.place(old.fit(object.programs().get(slot)));
            steps.add(load(slot, program));
            bindMaps(slot, program);
        }
    }

    private LoadStep load(int slot, LinkedProgram program) {
        boolean withBtf = btf != null && !features.lacks(Feature.BTF_FUNC);
        return new LoadStep.LoadProgram(
                slot,
                features.lacks(Feature.OBJECT_NAMES, NO_NAMES) ? "" : KernelNames.ofProgram(program.name()),
                program,
                object.spec().license(),
                object.spec().kernelVersion(),
                withBtf,
                withBtf ? DebugInfo.functions(program, object.spec().byteOrder()) : Bytes.EMPTY,
                withBtf ? DebugInfo.lines(program, object.spec().byteOrder()) : Bytes.EMPTY);
    }

    /** Constants that a program does not read tell about it, such as its version: they are found through it. */
    private void bindMaps(int program, LinkedProgram linked) {
        for (int slot = 0; slot < object.maps().size(); slot++) {
            int map = slot;
            boolean unused = linked.mapUses().stream().noneMatch(use -> use.map() == map);
            if (isConstants(object.maps().get(map))
                    && unused
                    && maps.isPlanned(map)
                    && !features.lacks(Feature.PROG_BIND_MAP, NOT_BOUND)) {
                steps.add(new LoadStep.BindMap(program, map));
            }
        }
    }

    private static boolean isConstants(MapSpec map) {
        return map.contents() != null && map.name().startsWith(".rodata");
    }
}
