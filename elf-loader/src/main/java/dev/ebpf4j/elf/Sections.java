package dev.ebpf4j.elf;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sections of a file by what they are for; no two of those that count share a name.
 *
 * @param file the file
 * @param byKind all sections of a kind, in the order of the file
 */
record Sections(ElfFile file, Map<SectionKind, List<ElfSection>> byKind) {
    static Sections classify(ElfFile file) {
        Map<SectionKind, List<ElfSection>> byKind = new EnumMap<>(SectionKind.class);
        Set<String> names = new HashSet<>();
        for (ElfSection section : file.sections()) {
            SectionKind kind = SectionKind.of(section);
            refuse(section, kind);
            if (kind != SectionKind.IGNORED && !names.add(section.name())) {
                throw section.error(-1, "a second section of this name", "one");
            }
            byKind.computeIfAbsent(kind, k -> new ArrayList<>()).add(section);
        }
        Sections sections = new Sections(file, byKind);
        sections.checkDataSize();
        return sections;
    }

    List<ElfSection> all(SectionKind kind) {
        return byKind.getOrDefault(kind, List.of());
    }

    /** Returns the section of a kind whose name is fixed. */
    Optional<ElfSection> one(SectionKind kind) {
        return all(kind).stream().findFirst();
    }

    /** Checks sizes before anything is made of them: what starts as zeros takes no room in the file. */
    private void checkDataSize() {
        long room = ElfReader.MAX_DATA_BYTES;
        for (SectionKind kind : List.of(SectionKind.DATA, SectionKind.RODATA, SectionKind.BSS)) {
            for (ElfSection section : all(kind)) {
                if (section.size() > room) {
                    throw section.error(
                            -1,
                            section.size() + " bytes",
                            "at most " + ElfReader.MAX_DATA_BYTES + " in all data sections together");
                }
                room -= section.size();
            }
        }
    }

    private static void refuse(ElfSection section, SectionKind kind) {
        switch (kind) {
            case LEGACY_MAPS ->
                throw section.error(-1, "maps defined by struct bpf_map_def", "maps with types, in section '.maps'");
            case STRUCT_OPS -> throw section.error(-1, "a struct_ops table", "an object without: not read yet");
            case ARENA -> throw section.error(-1, "global variables in an arena", "an object without: not read yet");
            case JUMP_TABLES -> throw section.error(-1, "tables for indirect jumps", "an object without: not read yet");
            case LICENSE, VERSION, MAPS, CODE, DATA, RODATA, BSS, BTF, BTF_EXT, IGNORED -> {}
        }
    }
}
