package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfExt;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfType.DataSec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The type information of an object, its data sections completed.
 *
 * @param btf the types, null if the object has none
 * @param ext which functions, lines and CO-RE accesses the instructions are; null if the object does not say
 * @param dataSections ids of the types that list the variables of a section, by the section's name
 * @param problems what is wrong with the types of a data section, by the section's name
 */
record TypeInfo(
        @Nullable Btf btf, @Nullable BtfExt ext, Map<String, Integer> dataSections, Map<String, String> problems) {
    private static final TypeInfo NONE = new TypeInfo(null, null, Map.of(), Map.of());

    static TypeInfo read(Sections sections) {
        ElfSection section = sections.one(SectionKind.BTF).orElse(null);
        if (section == null) {
            return NONE;
        }
        Map<String, String> problems = new HashMap<>();
        Map<String, Integer> dataSections;
        Btf btf;
        try {
            Btf parsed = parse(sections, section);
            dataSections = dataSections(parsed);
            btf = new DataSecFixer(sections.file(), parsed, problems).fix(dataSections.values());
        } catch (BtfFormatException e) {
            if (isNeeded(sections)) {
                throw e;
            }
            sections.warn("types are left out: " + e.getMessage());
            return NONE;
        }
        problems.values().forEach(sections::warn);
        return new TypeInfo(btf, ext(sections, btf), dataSections, problems);
    }

    private static Map<String, Integer> dataSections(Btf btf) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            if (btf.kind(id) == BtfKind.DATASEC) {
                ids.putIfAbsent(btf.name(id), id);
            }
        }
        return ids;
    }

    /** Returns the id of the type that lists the variables of a section; 0 if there is none. */
    int dataSectionId(ElfSection section) {
        return dataSections.getOrDefault(section.name(), 0);
    }

    /** Returns the type that lists the variables of a section. */
    @Nullable
    DataSec dataSection(ElfSection section) {
        return btf != null && btf.type(dataSectionId(section)) instanceof DataSec type ? type : null;
    }

    private static Btf parse(Sections sections, ElfSection section) {
        Btf parsed = Btf.parse(section.bytes());
        if (!parsed.byteOrder().equals(sections.file().order())) {
            throw section.error(0, "types in " + parsed.byteOrder() + " byte order", "that of the file");
        }
        return parsed;
    }

    /** Only maps, kernel operations and externs can't be understood without types. */
    private static boolean isNeeded(Sections sections) {
        return sections.one(SectionKind.MAPS).isPresent()
                || sections.one(SectionKind.STRUCT_OPS).isPresent()
                || sections.file().symbols().stream().anyMatch(ElfSymbol::extern);
    }

    /** Like libbpf: what can't be read of this is left out, and the object still loads where it needs none of it. */
    private static @Nullable BtfExt ext(Sections sections, Btf btf) {
        ElfSection section = sections.one(SectionKind.BTF_EXT).orElse(null);
        if (section == null) {
            return null;
        }
        try {
            return BtfExt.parse(section.bytes(), btf);
        } catch (BtfFormatException e) {
            sections.warn("source lines and CO-RE relocations are left out: " + e.getMessage());
            return null;
        }
    }
}
