package dev.ebpf4j.link;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns names of maps into slots, and marks the loads that take a map's handle or an address in its first value. */
final class BindMapSlots implements Pass {
    /** {@code BPF_PSEUDO_MAP_FD}: the load gives a map. */
    private static final int MAP_FD = 1;

    /** {@code BPF_PSEUDO_MAP_VALUE}: the load gives an address in element 0; the offset is the second immediate. */
    private static final int MAP_VALUE = 2;

    /** Where libbpf counts the calls from that stand for loads of maps that are not made. */
    private static final int MISSING_MAP = 2_001_000_000;

    @Override
    public LinkedObject apply(LinkedObject object) {
        Map<String, Integer> slots = slots(object.maps());
        return object.mapPrograms(program -> bind(program, object.maps(), slots));
    }

    private static Map<String, Integer> slots(List<MapSpec> maps) {
        Map<String, Integer> slots = new HashMap<>();
        for (int slot = 0; slot < maps.size(); slot++) {
            if (slots.put(maps.get(slot).name(), slot) != null) {
                throw new LinkException("two maps are named '" + maps.get(slot).name() + "'");
            }
        }
        return slots;
    }

    private static LinkedProgram bind(LinkedProgram program, List<MapSpec> maps, Map<String, Integer> slots) {
        ProgramPatcher patcher = new ProgramPatcher(program);
        for (Reloc reloc : program.relocs()) {
            switch (reloc) {
                case Reloc.MapRef ref -> {
                    int slot = patcher.wideLoad(ref);
                    int map = map(patcher, ref, ref.map(), slots);
                    if (isMade(patcher, slot, maps.get(map), map)) {
                        patcher.setWideLoad(slot, MAP_FD, 0, 0);
                        patcher.useMap(slot, map);
                    }
                }
                case Reloc.DataRef ref -> {
                    int slot = patcher.wideLoad(ref);
                    int map = map(patcher, ref, ref.map(), slots);
                    checkOffset(patcher, ref, maps.get(map));
                    if (isMade(patcher, slot, maps.get(map), map)) {
                        patcher.setWideLoad(slot, MAP_VALUE, 0, ref.offset());
                        patcher.useMap(slot, map);
                    }
                }
                default -> patcher.keep(reloc);
            }
        }
        return patcher.done();
    }

    /** Checks that a map can be made; if it is only not wanted, the load of it must never be reached. */
    private static boolean isMade(ProgramPatcher patcher, int slot, MapSpec map, int number) {
        if (map.problem() != null) {
            throw patcher.bad(slot, "uses map '" + map.name() + "', which can't be made: " + map.problem());
        }
        if (!map.autocreate()) {
            patcher.poison(slot, MISSING_MAP + number, "map '" + map.name() + "' is not made: its autocreate is off");
        }
        return map.autocreate();
    }

    private static int map(ProgramPatcher patcher, Reloc reloc, String name, Map<String, Integer> slots) {
        Integer map = slots.get(name);
        if (map == null) {
            throw patcher.bad(
                    reloc.slot(),
                    "uses map '" + name + "', which the object has not" + LinkException.hint(name, slots.keySet()));
        }
        return map;
    }

    private static void checkOffset(ProgramPatcher patcher, Reloc.DataRef ref, MapSpec map) {
        int size = map.contents() == null ? map.valueSize() : map.contents().size();
        // the kernel refuses such a load even in code that is never reached
        if (ref.offset() < 0 || ref.offset() >= size) {
            throw patcher.bad(
                    ref.slot(),
                    "takes the address of byte " + ref.offset() + " of '" + map.name() + "', which has " + size
                            + " bytes");
        }
    }
}
