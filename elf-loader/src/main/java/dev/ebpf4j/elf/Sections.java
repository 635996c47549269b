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
 * @param warnings what could not be used, to which every reader adds
 */
record Sections(ElfFile file, Map<SectionKind, List<ElfSection>> byKind, List<String> warnings) {
    private static final List<SectionKind> DATA_KINDS =
            List.of(SectionKind.DATA, SectionKind.RODATA, SectionKind.BSS, SectionKind.ARENA);

    static Sections classify(ElfFile file) {
        Map<SectionKind, List<ElfSection>> byKind = new EnumMap<>(SectionKind.class);
        Set<String> names = new HashSet<>();
        Set<Integer> used = null;
        for (ElfSection section : file.sections()) {
            SectionKind kind = SectionKind.of(section);
            if (kind == SectionKind.IGNORED && SectionKind.mayBeData(section)) {
                used = used == null ? usedByCode(file) : used;
                kind = used.contains(section.index()) ? SectionKind.ofData(section) : kind;
            }
            if (kind != SectionKind.IGNORED && !names.add(section.name())) {
                throw section.error(-1, "a second section of this name", "one");
            }
            byKind.computeIfAbsent(kind, k -> new ArrayList<>()).add(section);
        }
        Sections sections = new Sections(file, byKind, new ArrayList<>());
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

    void warn(String warning) {
        warnings.add(warning);
    }

    /** Returns the numbers of all sections that instructions refer to. */
    private static Set<Integer> usedByCode(ElfFile file) {
        Set<Integer> used = new HashSet<>();
        for (ElfSection section : file.sections()) {
            if (section.executable()) {
                file.relocations(section)
                        .forEach(reloc -> used.add(reloc.symbol().section()));
            }
        }
        return used;
    }

    /** Checks sizes before anything is made of them: what starts as zeros takes no room in the file. */
    private void checkDataSize() {
        long room = ElfReader.MAX_DATA_BYTES;
        for (SectionKind kind : DATA_KINDS) {
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
}
