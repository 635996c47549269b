package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.btf.BtfType.Struct;
import dev.ebpf4j.btf.BtfType.Var;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
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

    private final @Nullable ElfSection section;
    private final List<ElfReloc> initializers;
    private final NavigableMap<Integer, Placed> byOffset = new TreeMap<>();

    private BtfMaps(@Nullable ElfSection section, List<ElfReloc> initializers) {
        this.section = section;
        this.initializers = initializers;
    }

    static BtfMaps read(Sections sections, TypeInfo types) {
        ElfSection section = sections.one(SectionKind.MAPS).orElse(null);
        if (section == null) {
            return new BtfMaps(null, List.of());
        }
        Btf btf = types.btf();
        OptionalInt typeId = btf == null ? OptionalInt.empty() : btf.find(section.name(), DataSec.class);
        if (btf == null || typeId.isEmpty() || !(btf.type(typeId.getAsInt()) instanceof DataSec type)) {
            throw section.error(-1, "maps without types", "types for them in section '.BTF': compile with -g");
        }
        BtfMaps maps = new BtfMaps(section, sections.file().relocations(section));
        for (SecInfo info : type.vars()) {
            maps.add(section, btf, info);
        }
        return maps;
    }

    private void add(ElfSection in, Btf btf, SecInfo info) {
        if (!(btf.type(info.typeId()) instanceof Var variable)) {
            throw in.error(info.offset(), "type " + info.typeId(), "a variable");
        }
        if (info.offset() < 0 || info.size() < 0 || info.size() > in.size() - info.offset()) {
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
        MapSpec spec = MapDefinition.read(btf, variable.name(), definition);
        Placed placed = new Placed(spec, info.offset(), info.size(), MapDefinition.valuesOffset(definition));
        if (byOffset.put(info.offset(), placed) != null) {
            throw in.error(info.offset(), "map '" + variable.name() + "' on top of another", "a place of its own");
        }
    }

    /** Returns the map that begins at an offset in {@code .maps}, if that is the number of this section. */
    @Nullable
    String at(int sectionIndex, long offset) {
        if (section == null || section.index() != sectionIndex) {
            return null;
        }
        Placed placed = byOffset.get((int) offset);
        return placed == null || placed.offset() != offset
                ? null
                : placed.spec().name();
    }

    /** Returns all maps in the order of the section, with their initial elements. */
    List<MapSpec> withSlots(FunctionTable functions, Programs programs) {
        Map<String, List<MapSpec.Slot>> slots = new HashMap<>();
        for (ElfReloc initializer : initializers) {
            String program = programs.at(functions.at(
                    initializer.symbol().section(), initializer.symbol().value()));
            addSlot(initializer, program, slots);
        }
        List<MapSpec> maps = new ArrayList<>();
        for (Placed placed : byOffset.values()) {
            MapSpec spec = placed.spec();
            List<MapSpec.Slot> own = slots.get(spec.name());
            maps.add(own == null ? spec : spec.toBuilder().slots(own).build());
        }
        return maps;
    }

    private void addSlot(ElfReloc initializer, @Nullable String program, Map<String, List<MapSpec.Slot>> slots) {
        Map.Entry<Integer, Placed> entry = byOffset.floorEntry(initializer.offset());
        Placed placed = entry == null ? null : entry.getValue();
        if (placed == null || initializer.offset() - placed.offset() + POINTER_BYTES > placed.size()) {
            throw error(
                    initializer,
                    "an initial value for " + initializer.symbol() + " outside all maps",
                    "one inside a map");
        }
        int at = initializer.offset() - placed.offset() - placed.valuesOffset();
        if (placed.valuesOffset() < 0 || at < 0 || at % POINTER_BYTES != 0) {
            throw error(
                    initializer,
                    "an initial value in map '" + placed.spec().name() + "' outside 'values'",
                    "one of the pointers in 'values'");
        }
        slots.computeIfAbsent(placed.spec().name(), name -> new ArrayList<>())
                .add(new MapSpec.Slot(at / POINTER_BYTES, target(placed.spec(), initializer, program)));
    }

    private String target(MapSpec map, ElfReloc initializer, @Nullable String program) {
        ElfSymbol symbol = initializer.symbol();
        boolean ofPrograms = map.type() == MapType.PROG_ARRAY;
        if (map.type() == MapType.HASH_OF_MAPS && map.keySize() != Integer.BYTES) {
            throw error(
                    initializer,
                    "initial values in map '" + map.name() + "' with keys of " + map.keySize() + " bytes",
                    "keys of 4");
        }
        String target = ofPrograms ? program : at(symbol.section(), symbol.value());
        if (target == null) {
            throw error(
                    initializer,
                    symbol + " as an element of map '" + map.name() + "'",
                    ofPrograms ? "a program of this object" : "a map of this object");
        }
        return target;
    }

    private static ElfFormatException error(ElfReloc initializer, String found, String expected) {
        return new ElfFormatException(".maps", initializer.offset(), found, expected);
    }
}
