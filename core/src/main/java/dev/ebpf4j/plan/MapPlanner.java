package dev.ebpf4j.plan;

import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.plan.LoadStep.CreateMap;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.KernelNames;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plans the maps of an object: what is created, opened or brought along, filled and frozen, before any program. */
final class MapPlanner {
    /** What the maps of jump tables are called; ours also say of which program. */
    private static final String JUMP_TABLES = ".jumptables";

    private static final String NO_VARIABLES =
            "maps of variables are not created; programs that reach one are rejected";

    private final LinkedObject object;
    private final Degradations features;
    private final PlanOptions options;
    private final MapShape shape;
    private final ArenaLayout arenas;
    private final StructOpsPlanner structOps;
    private final Map<String, Integer> slots = new LinkedHashMap<>();
    private int slotCount;

    /**
     * @param withBtf whether the object's type information is loaded
     */
    MapPlanner(LinkedObject object, Degradations features, Machine machine, boolean withBtf, PlanOptions options) {
        this.object = object;
        this.features = features;
        this.options = options;
        this.shape = new MapShape(features, machine, withBtf);
        this.arenas = new ArenaLayout(features, machine);
        this.structOps = new StructOpsPlanner(object, withBtf);
        this.slotCount = object.maps().size();
        for (int slot = 0; slot < slotCount; slot++) {
            slots.put(object.maps().get(slot).name(), slot);
        }
        checkGiven();
    }

    private void checkGiven() {
        for (String name : options.given()) {
            if (!slots.containsKey(name)) {
                throw new MissingObjectException(
                        "object '" + object.spec().name() + "'", "map", name, List.copyOf(slots.keySet()));
            }
        }
    }

    /** Adds the steps for all maps: those that are put into others come first. */
    void plan(List<LoadStep> steps) {
        plan(steps, false);
        plan(steps, true);
    }

    /** Returns a program whose loads of addresses of arena variables meet these where they will stand. */
    LinkedProgram place(LinkedProgram program) {
        return arenas.place(program, object.maps());
    }

    /** The number of slots used, valid once {@link #plan} is done. */
    int slotCount() {
        return slotCount;
    }

    private void plan(List<LoadStep> steps, boolean ofMaps) {
        for (int slot = 0; slot < object.maps().size(); slot++) {
            MapSpec map = object.maps().get(slot);
            if (isOfMaps(map) == ofMaps && isPlanned(slot)) {
                plan(slot, fit(slot, map), steps);
            }
        }
    }

    private void plan(int slot, MapSpec map, List<LoadStep> steps) {
        if (options.given().contains(map.name())) {
            steps.add(new LoadStep.UseMap(slot, map));
        } else if (PinPath.isPinned(map)) {
            List<LoadStep> creation = new ArrayList<>();
            create(slot, map, creation);
            steps.add(new LoadStep.OpenPinned(slot, PinPath.of(map, options.pinRoot()), map, creation));
        } else {
            create(slot, map, steps);
        }
        if (map.type() == MapType.ARENA) {
            mapArena(slot, map, steps);
        }
    }

    private void mapArena(int slot, MapSpec map, List<LoadStep> steps) {
        Bytes contents = map.contents();
        steps.add(new LoadStep.MapArena(slot, map.mapExtra(), arenas.size(map), arenas.dataOffset(map)));
        if (contents != null && !options.given().contains(map.name())) {
            steps.add(new LoadStep.FillArena(slot, arenas.dataOffset(map), contents));
        }
    }

    /** Whether the map in a slot will be there. Kernels without global variables still load programs that reach none. */
    boolean isPlanned(int slot) {
        MapSpec map = object.maps().get(slot);
        if (!map.autocreate() || map.problem() != null) {
            return false;
        }
        return map.contents() == null
                || map.type() == MapType.STRUCT_OPS
                || !features.lacks(Feature.GLOBAL_DATA, NO_VARIABLES);
    }

    /** The map in the shape that the kernel shall make it in. */
    private MapSpec fit(int slot, MapSpec map) {
        if (map.type() == MapType.STRUCT_OPS) {
            return structOps.shape(slot);
        }
        if (map.type() == MapType.ARENA) {
            arenas.check(map);
        }
        return shape.fit(map);
    }

    private void create(int slot, MapSpec map, List<LoadStep> steps) {
        if (map.type() == MapType.STRUCT_OPS) {
            structOps.create(slot, kernelName(map), map, steps);
            return;
        }
        MapSpec inner = map.inner();
        int template = LoadStep.NO_SLOT;
        if (inner != null) {
            template = slotCount++;
            steps.add(new CreateMap(template, kernelName(inner), inner, LoadStep.NO_SLOT, isTyped(inner)));
        }
        steps.add(new CreateMap(slot, kernelName(map), map, template, isTyped(map), exclusiveTo(map)));
        if (inner != null) {
            steps.add(new LoadStep.CloseMap(template));
        }
        fill(slot, map, steps);
    }

    private void fill(int slot, MapSpec map, List<LoadStep> steps) {
        Bytes contents = map.contents();
        if (contents != null && map.type() != MapType.ARENA) {
            steps.add(new LoadStep.FillMap(slot, contents));
            if (map.frozen()) {
                steps.add(new LoadStep.FreezeMap(slot));
            }
        }
        if (isOfMaps(map)) {
            for (MapSpec.Slot element : map.slots()) {
                Integer target = slots.get(element.target());
                if (target == null) {
                    throw missing(map, element, "map");
                }
                steps.add(new LoadStep.PutMap(slot, element.key(), target));
            }
        }
    }

    private Bytes exclusiveTo(MapSpec map) {
        String only = map.exclusiveProgram();
        if (only == null) {
            return Bytes.EMPTY;
        }
        for (LinkedProgram program : object.programs()) {
            if (program.name().equals(only)) {
                return ProgramHash.of(program, object.spec().byteOrder());
            }
        }
        throw new LinkException("map '" + map.name() + "' is for program '" + only
                + "' alone, but the object has no program that is loaded of that name");
    }

    private static boolean isTyped(MapSpec map) {
        return map.keyTypeId() != 0 || map.valueTypeId() != 0;
    }

    private String kernelName(MapSpec map) {
        if (features.lacks(Feature.OBJECT_NAMES, LoadPlanner.NO_NAMES)) {
            return "";
        }
        return map.name().startsWith(JUMP_TABLES)
                ? JUMP_TABLES
                : KernelNames.ofMap(object.spec().name(), map.name());
    }

    /** Adds the steps that put programs into maps, for after the programs. */
    void putPrograms(List<LoadStep> steps) {
        Map<String, Integer> programs = new HashMap<>();
        for (int slot = 0; slot < object.programs().size(); slot++) {
            programs.put(object.programs().get(slot).name(), slot);
        }
        for (int slot = 0; slot < object.maps().size(); slot++) {
            MapSpec map = object.maps().get(slot);
            if (map.type() == MapType.PROG_ARRAY && isPlanned(slot)) {
                for (MapSpec.Slot element : map.slots()) {
                    Integer program = programs.get(element.target());
                    if (program == null) {
                        throw missing(map, element, "program that is loaded");
                    }
                    steps.add(new LoadStep.PutProgram(slot, element.key(), program));
                }
            }
        }
        structOps.complete(steps);
    }

    private static boolean isOfMaps(MapSpec map) {
        return map.type() == MapType.ARRAY_OF_MAPS || map.type() == MapType.HASH_OF_MAPS;
    }

    private static LinkException missing(MapSpec map, MapSpec.Slot element, String kind) {
        return new LinkException("map '" + map.name() + "' wants '" + element.target() + "' in element " + element.key()
                + ", but the object has no " + kind + " of that name");
    }
}
