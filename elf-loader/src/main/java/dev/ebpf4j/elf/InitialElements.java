package dev.ebpf4j.elf;

import dev.ebpf4j.spec.MapSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the object puts into its maps.
 *
 * @param slots the elements by the name of their map
 * @param problems what is wrong with a map's elements, by its name
 */
record InitialElements(Map<String, List<MapSpec.Slot>> slots, Map<String, String> problems) {
    void add(String map, MapSpec.Slot slot) {
        slots.computeIfAbsent(map, name -> new ArrayList<>()).add(slot);
    }

    /** Returns a map with its elements. */
    MapSpec in(MapSpec map) {
        List<MapSpec.Slot> own = slots.get(map.name());
        MapSpec filled = own == null ? map : map.withSlots(own);
        String problem = problems.get(map.name());
        return problem == null || map.problem() != null
                ? filled
                : filled.toBuilder().problem(problem).build();
    }
}
