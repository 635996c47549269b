package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.Var;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.VariableSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sections of global variables. Each becomes an array map of one element, named like the section; but those of arenas stand in
 * the object's only arena.
 *
 * @param maps the maps by the number of their section
 * @param places the name of the map that holds a section, by the section's number
 * @param arena contents of the arena's section; null if there is none, or no arena for it
 * @param variables all variables
 */
record DataSections(
        SortedMap<Integer, MapSpec> maps,
        Map<Integer, String> places,
        @Nullable Bytes arena,
        List<VariableSpec> variables) {
    static DataSections read(Sections sections, TypeInfo types, @Nullable MapSpec arena) {
        SortedMap<Integer, MapSpec> maps = new TreeMap<>();
        Map<Integer, String> places = new HashMap<>();
        Variables variables = new Variables(sections.file());
        for (SectionKind kind : List.of(SectionKind.DATA, SectionKind.RODATA, SectionKind.BSS)) {
            for (ElfSection section : sections.all(kind)) {
                if (section.size() > 0) {
                    MapSpec map = map(section, kind, types, variables);
                    maps.put(section.index(), map);
                    places.put(section.index(), map.name());
                }
            }
        }
        ElfSection inArena = sections.one(SectionKind.ARENA).orElse(null);
        if (inArena == null) {
            return new DataSections(maps, places, null, variables.named());
        }
        if (arena == null) {
            sections.warn(
                    "section '" + inArena.name() + "' is left out: its variables need exactly one map of type ARENA");
            return new DataSections(maps, places, null, variables.named());
        }
        variables.add(inArena, arena.name(), types.btf(), types.dataSection(inArena));
        places.put(inArena.index(), arena.name());
        return new DataSections(maps, places, Bytes.of(inArena.bytes()), variables.named());
    }

    /** Returns an arena with the variables that stand in it; any other map as it is. */
    MapSpec in(MapSpec map) {
        return arena == null || map.type() != MapType.ARENA ? map : map.withContents(arena);
    }

    private static MapSpec map(ElfSection section, SectionKind kind, TypeInfo types, Variables variables) {
        boolean readOnly = kind == SectionKind.RODATA;
        String name = section.name().startsWith(".") ? section.name() : "." + section.name();
        MapSpec.Builder map = MapSpec.builder(name, MapType.ARRAY)
                .keySize(Integer.BYTES)
                .valueSize((int) section.size())
                .maxEntries(1)
                .frozen(readOnly)
                .contents(kind == SectionKind.BSS ? Bytes.zeros((int) section.size()) : Bytes.of(section.bytes()))
                .problem(types.problems().get(section.name()));
        int flags = readOnly ? MapSpec.RDONLY_PROG : 0;
        Btf btf = types.btf();
        DataSec type = types.dataSection(section);
        variables.add(section, name, btf, type);
        if (btf == null || type == null) {
            return map.flags(flags).build();
        }
        // like libbpf: what has only static variables is nobody else's business, and is not offered for mapping
        boolean shared = type.vars().stream()
                .anyMatch(info ->
                        btf.type(info.typeId()) instanceof Var variable && variable.linkage() != BtfLinkage.STATIC);
        return map.flags(flags | (shared ? MapSpec.MMAPABLE : 0))
                .typeIds(0, types.dataSectionId(section))
                .build();
    }
}
