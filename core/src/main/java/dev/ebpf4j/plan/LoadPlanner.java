package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.KernelNames;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.SectionName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes one {@link LoadPlan}. For one thread, and one use. */
final class LoadPlanner {
    private final LinkedObject object;
    private final KernelFeatures features;
    private final @Nullable Btf btf;
    private final MapShape shape;
    private final List<LoadStep> steps = new ArrayList<>();
    private int mapSlots;

    LoadPlanner(LinkedObject object, KernelFeatures features, Machine machine) {
        this.object = object;
        this.features = features;
        this.btf = LoadableBtf.of(object, features);
        this.shape = new MapShape(features, machine, btf != null);
        this.mapSlots = object.maps().size();
    }

    LoadPlan plan() {
        loadBtf();
        createMaps();
        fillMaps();
        loadPrograms();
        putSlots();
        return new LoadPlan(object, mapSlots, steps);
    }

    private void loadBtf() {
        if (btf != null) {
            steps.add(new LoadStep.LoadBtf(btf));
        }
    }

    private void createMaps() {
        for (int slot = 0; slot < object.maps().size(); slot++) {
            MapSpec map = object.maps().get(slot);
            if (isPlanned(slot)) {
                create(slot, shape.fit(checked(map)));
            }
        }
    }

    /** Kernels without global variables still load the programs that use none. */
    private boolean isPlanned(int slot) {
        MapSpec map = object.maps().get(slot);
        if (!map.autocreate() || map.problem() != null) {
            return false;
        }
        if (map.contents() == null || !features.lacks(Feature.GLOBAL_DATA)) {
            return true;
        }
        for (LinkedProgram program : object.programs()) {
            if (program.mapUses().stream().anyMatch(use -> use.map() == slot)) {
                throw new LinkException("program '" + program.name() + "' uses global variables ("
                        + map.name() + "); this kernel has no " + Feature.GLOBAL_DATA.words()
                        + ", which came with Linux "
                        + Feature.GLOBAL_DATA.since());
            }
        }
        return false;
    }

    private MapSpec checked(MapSpec map) {
        if (map.pinning() != MapSpec.Pinning.NONE) {
            throw new LinkException("map '" + map.name() + "' is to be shared through a pin, which ebpf4j can't do yet;"
                    + " build it with Pinning.NONE");
        }
        if (map.type() == MapType.STRUCT_OPS) {
            throw new LinkException(
                    "map '" + map.name() + "' holds kernel operations (struct_ops), which ebpf4j can't" + " load yet");
        }
        return map;
    }

    private void create(int slot, MapSpec map) {
        MapSpec inner = map.inner();
        int template = LoadStep.NO_SLOT;
        if (inner != null) {
            template = mapSlots++;
            steps.add(new LoadStep.CreateMap(template, mapName(inner), inner, LoadStep.NO_SLOT, isTyped(inner)));
        }
        steps.add(new LoadStep.CreateMap(slot, mapName(map), map, template, isTyped(map)));
        if (inner != null) {
            steps.add(new LoadStep.CloseMap(template));
        }
    }

    private static boolean isTyped(MapSpec map) {
        return map.keyTypeId() != 0 || map.valueTypeId() != 0;
    }

    private String mapName(MapSpec map) {
        return features.lacks(Feature.OBJECT_NAMES)
                ? ""
                : KernelNames.ofMap(object.spec().name(), map.name());
    }

    private void fillMaps() {
        for (int slot = 0; slot < object.maps().size(); slot++) {
            MapSpec map = object.maps().get(slot);
            Bytes contents = map.contents();
            if (contents == null || !isPlanned(slot)) {
                continue;
            }
            steps.add(new LoadStep.FillMap(slot, contents));
            if (map.frozen()) {
                steps.add(new LoadStep.FreezeMap(slot));
            }
        }
    }

    private void loadPrograms() {
        for (int slot = 0; slot < object.programs().size(); slot++) {
            steps.add(load(slot, fit(object.programs().get(slot))));
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
        boolean optional = SectionName.parse(spec.section())
                .map(name -> name.rule().has(SectionName.Trait.OPTIONAL_ATTACH_TYPE))
                .orElse(false);
        return optional && features.lacks(Feature.EXPECTED_ATTACH_TYPE)
                ? program.withSpec(spec.withType(spec.type(), AttachType.of(0)))
                : program;
    }

    private void putSlots() {
        Map<String, Integer> maps = new HashMap<>();
        Map<String, Integer> programs = new HashMap<>();
        for (int slot = 0; slot < object.maps().size(); slot++) {
            maps.put(object.maps().get(slot).name(), slot);
        }
        for (int slot = 0; slot < object.programs().size(); slot++) {
            programs.put(object.programs().get(slot).name(), slot);
        }
        for (int slot = 0; slot < object.maps().size(); slot++) {
            if (isPlanned(slot)) {
                putSlots(slot, object.maps().get(slot), maps, programs);
            }
        }
    }

    private void putSlots(int slot, MapSpec map, Map<String, Integer> maps, Map<String, Integer> programs) {
        for (MapSpec.Slot element : map.slots()) {
            if (map.type() == MapType.PROG_ARRAY) {
                Integer program = programs.get(element.target());
                if (program == null) {
                    throw missing(map, element, "program that is loaded");
                }
                steps.add(new LoadStep.PutProgram(slot, element.key(), program));
            } else {
                Integer inner = maps.get(element.target());
                if (inner == null) {
                    throw missing(map, element, "map");
                }
                steps.add(new LoadStep.PutMap(slot, element.key(), inner));
            }
        }
    }

    private static LinkException missing(MapSpec map, MapSpec.Slot element, String kind) {
        return new LinkException("map '" + map.name() + "' wants '" + element.target() + "' in element " + element.key()
                + ", but the object has no " + kind + " of that name");
    }
}
