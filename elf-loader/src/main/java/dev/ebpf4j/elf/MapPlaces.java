package dev.ebpf4j.elf;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All maps that the source defines, with and without types, and their places in the file. A map that can't be read has its
 * problem with it, and spoils only the programs that use it.
 */
final class MapPlaces {
    private record Place(int section, long offset) {}

    private final List<MapSpec> maps = new ArrayList<>();
    private final Map<Place, String> names = new HashMap<>();

    private MapPlaces() {}

    static MapPlaces of(BtfMaps typed, LegacyMaps untyped) {
        MapPlaces places = new MapPlaces();
        typed.addTo(places);
        untyped.addTo(places);
        return places;
    }

    void add(ElfSection section, long offset, MapSpec map) {
        maps.add(map);
        names.putIfAbsent(new Place(section.index(), offset), map.name());
    }

    /** Returns all maps, those with types first. */
    List<MapSpec> all() {
        return maps;
    }

    /** Returns the name of the map that begins at an offset of a section, which is given by its number. */
    @Nullable
    String at(int section, long offset) {
        return names.get(new Place(section, offset));
    }

    /** Returns the only arena, whose global variables stand in a section of their own; null if there is none, or several. */
    @Nullable
    MapSpec arena() {
        List<MapSpec> arenas =
                maps.stream().filter(map -> map.type() == MapType.ARENA).toList();
        return arenas.size() == 1 ? arenas.getFirst() : null;
    }
}
