package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.btf.BtfType.Struct;
import dev.ebpf4j.btf.BtfType.Var;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The maps of section {@code .maps}, each the type of a variable, and the initial elements that the section's relocations
 * stand for.
 */
final class BtfMaps {
    /**
     * A map at its place in the section.
     *
     * @param spec the map, still without its initial elements
     * @param offset offset of its variable in the section
     * @param size size of the variable in bytes
     * @param valuesOffset offset of {@code values} in the variable, -1 if there is none
     */
    private record Placed(MapSpec spec, int offset, int size, int valuesOffset) {}

    private static final int POINTER_BYTES = 8;

    private final Sections sections;
    private final @Nullable ElfSection section;
    private final NavigableMap<Integer, Placed> byOffset = new TreeMap<>();

    private BtfMaps(Sections sections) {
        this.sections = sections;
        this.section = sections.one(SectionKind.MAPS).orElse(null);
    }

    static BtfMaps read(Sections sections, TypeInfo types) {
        BtfMaps maps = new BtfMaps(sections);
        if (maps.section != null) {
            maps.read(maps.section, types);
        }
        return maps;
    }

    private void read(ElfSection in, TypeInfo types) {
        Btf btf = types.btf();
        DataSec type = types.dataSection(in);
        if (btf == null || type == null) {
            addSymbols(in);
            return;
        }
        for (SecInfo info : type.vars()) {
            add(in, btf, info);
        }
    }

    /** Without types nothing is known of a map but its name. */
    private void addSymbols(ElfSection in) {
        String problem = in.error(-1, "maps without types", "types for them in section '.BTF': compile with -g")
                .getMessage();
        sections.warn(problem);
        sections.file().symbols().stream()
                .filter(symbol -> symbol.section() == in.index() && symbol.type() == ElfSymbol.OBJECT)
                .forEach(symbol -> byOffset.putIfAbsent(
                        (int) symbol.value(), new Placed(broken(symbol.name(), problem), (int) symbol.value(), 0, -1)));
    }

    private static MapSpec broken(String name, String problem) {
        return MapSpec.builder(name, MapType.UNSPEC).problem(problem).build();
    }

    private void add(ElfSection in, Btf btf, SecInfo info) {
        if (!(btf.type(info.typeId()) instanceof Var variable) || info.offset() < 0 || info.offset() >= in.size()) {
            sections.warn("type " + info.typeId() + " of section '.maps' is no variable inside it");
            return;
        }
        Placed placed;
        try {
            placed = placed(in, btf, info, variable);
        } catch (ElfFormatException | BtfFormatException e) {
            placed = new Placed(broken(variable.name(), message(e)), info.offset(), 0, -1);
        }
        if (byOffset.putIfAbsent(info.offset(), placed) != null) {
            sections.warn("map '" + variable.name() + "' stands on top of another and is left out");
        }
    }

    private static String message(RuntimeException e) {
        return String.valueOf(e.getMessage());
    }

    private static Placed placed(ElfSection in, Btf btf, SecInfo info, Var variable) {
        if (info.size() < 0 || info.size() > in.size() - info.offset()) {
            throw in.error(
                    info.offset(),
                    "map '" + variable.name() + "' of " + info.size() + " bytes",
                    "one inside the section");
        }
        if (variable.linkage() != BtfLinkage.GLOBAL || variable.name().isEmpty()) {
            throw in.error(
                    info.offset(), "map '" + variable.name() + "' that is static or hidden", "a global variable");
        }
        if (!(btf.type(btf.resolve(variable.typeId())) instanceof Struct definition)) {
            throw in.error(
                    info.offset(), "map '" + variable.name() + "' that is no struct", "a struct that defines it");
        }
        MapSpec spec = MapDefinition.read(
                btf,
                variable.name(),
                definition,
                in.bytes().slice(info.offset(), info.size()).order(in.bytes().order()));
        return new Placed(spec, info.offset(), info.size(), MapDefinition.valuesOffset(definition));
    }

    /** Adds all maps in the order of the section, still without initial elements. */
    void addTo(MapPlaces places) {
        if (section != null) {
            byOffset.values().forEach(placed -> places.add(section, placed.offset(), placed.spec()));
        }
    }

    /** Returns the elements that the section's relocations put into maps; a wrong one is its map's problem. */
    InitialElements elements(MapPlaces places, FunctionTable functions, Programs programs) {
        InitialElements elements = new InitialElements(new HashMap<>(), new HashMap<>());
        List<ElfReloc> relocs = section == null ? List.of() : sections.file().relocations(section);
        for (ElfReloc reloc : relocs) {
            Map.Entry<Integer, Placed> below = byOffset.floorEntry(reloc.offset());
            if (below == null) {
                sections.warn("section '.maps' at byte " + reloc.offset() + " has an initial value outside all maps");
                continue;
            }
            Placed map = below.getValue();
            try {
                int key = key(map, reloc);
                elements.add(map.spec().name(), new MapSpec.Slot(key, target(map, reloc, places, functions, programs)));
            } catch (ElfFormatException e) {
                elements.problems().putIfAbsent(map.spec().name(), e.getMessage());
            }
        }
        return elements;
    }

    private static int key(Placed placed, ElfReloc reloc) {
        if (reloc.offset() - placed.offset() + POINTER_BYTES > placed.size()) {
            throw error(reloc, "an initial value for " + reloc.symbol() + " outside all maps", "one inside a map");
        }
        int at = reloc.offset() - placed.offset() - placed.valuesOffset();
        if (placed.valuesOffset() < 0 || at < 0 || at % POINTER_BYTES != 0) {
            throw error(
                    reloc,
                    "an initial value in map '" + placed.spec().name() + "' outside 'values'",
                    "one of the pointers in 'values'");
        }
        return at / POINTER_BYTES;
    }

    private String target(Placed placed, ElfReloc reloc, MapPlaces places, FunctionTable functions, Programs programs) {
        MapSpec map = placed.spec();
        if (map.type() == MapType.HASH_OF_MAPS && map.keySize() != Integer.BYTES) {
            throw error(
                    reloc,
                    "initial values in map '" + map.name() + "' with keys of " + map.keySize() + " bytes",
                    "keys of 4");
        }
        ElfSymbol symbol = reloc.symbol();
        boolean ofPrograms = map.type() == MapType.PROG_ARRAY;
        // what a section's symbol is short of stands in the place of the pointer
        long offset = symbol.value() + (symbol.type() == ElfSymbol.SECTION ? addend(reloc) : 0);
        String target =
                ofPrograms ? programs.at(functions.at(symbol.section(), offset)) : places.at(symbol.section(), offset);
        if (target == null) {
            throw error(
                    reloc,
                    symbol + " as an element of map '" + map.name() + "'",
                    ofPrograms ? "a program of this object" : "a map of this object");
        }
        return target;
    }

    private long addend(ElfReloc reloc) {
        return section == null ? 0 : section.bytes().getLong(reloc.offset());
    }

    private static ElfFormatException error(ElfReloc reloc, String found, String expected) {
        return new ElfFormatException(".maps", reloc.offset(), found, expected);
    }
}
