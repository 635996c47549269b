package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.Var;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.VariableSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Sections of global variables: each becomes an array map of one element, named like the section.
 *
 * @param maps the maps by the number of their section
 * @param variables all variables
 */
record DataSections(SortedMap<Integer, MapSpec> maps, List<VariableSpec> variables) {
    private static final int READ_ONLY_FOR_PROGRAMS = 1 << 7;
    private static final int MMAPABLE = 1 << 10;

    static DataSections read(Sections sections, TypeInfo types) {
        SortedMap<Integer, MapSpec> maps = new TreeMap<>();
        Variables variables = new Variables(sections.file());
        for (SectionKind kind : List.of(SectionKind.DATA, SectionKind.RODATA, SectionKind.BSS)) {
            for (ElfSection section : sections.all(kind)) {
                if (section.size() > 0) {
                    maps.put(section.index(), map(section, kind, types, variables));
                }
            }
        }
        return new DataSections(maps, variables.named());
    }

    /** Returns the maps given, followed by those of data sections in the order of the file. */
    List<MapSpec> after(List<MapSpec> others) {
        return Stream.concat(others.stream(), maps.values().stream()).toList();
    }

    private static MapSpec map(ElfSection section, SectionKind kind, TypeInfo types, Variables variables) {
        boolean readOnly = kind == SectionKind.RODATA;
        MapSpec.Builder map = MapSpec.builder(section.name(), MapType.ARRAY)
                .keySize(Integer.BYTES)
                .valueSize((int) section.size())
                .maxEntries(1)
                .frozen(readOnly)
                .contents(kind == SectionKind.BSS ? Bytes.zeros((int) section.size()) : Bytes.of(section.toArray()));
        int flags = readOnly ? READ_ONLY_FOR_PROGRAMS : 0;
        Btf btf = types.btf();
        OptionalInt typeId = btf == null ? OptionalInt.empty() : btf.find(section.name(), DataSec.class);
        if (btf == null || typeId.isEmpty() || !(btf.type(typeId.getAsInt()) instanceof DataSec type)) {
            variables.addSymbols(section);
            return map.flags(flags).build();
        }
        variables.addTyped(section, btf, type);
        // like libbpf: what has only static variables is nobody else's business, and is not offered for mapping
        boolean shared = type.vars().stream()
                .anyMatch(info ->
                        btf.type(info.typeId()) instanceof Var variable && variable.linkage() != BtfLinkage.STATIC);
        return map.flags(flags | (shared ? MMAPABLE : 0))
                .typeIds(0, typeId.getAsInt())
                .build();
    }
}
