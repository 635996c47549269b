package dev.ebpf4j.maps;

import dev.ebpf4j.spec.MapType;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The check that a view is of a map of the right type. */
final class MapTypes {
    private MapTypes() {}

    static void require(BpfMap map, MapType... types) {
        if (!Arrays.asList(types).contains(map.type())) {
            throw new IllegalArgumentException("map '" + map.name() + "' is of type " + map.type() + ", not "
                    + Arrays.stream(types).map(MapType::name).collect(Collectors.joining(" or ")));
        }
    }
}
