package dev.ebpf4j.elf;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.FunctionId;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where functions begin and end. They are the function symbols of a section of code; from compilers before clang 7, which
 * give neither type nor size, all global symbols, each up to the next.
 */
final class FunctionTable {
    private static final String SUBPROGRAMS = ".text";

    /**
     * A function.
     *
     * @param section its section
     * @param start offset of its first instruction in the section, in bytes
     * @param end offset behind its last instruction
     * @param symbols its names; all that begin here
     * @param problem why its instructions can't be read, null if they can
     */
    record Place(
            ElfSection section,
            int start,
            int end,
            List<ElfSymbol> symbols,
            @Nullable String problem) {
        Place {
            symbols = List.copyOf(symbols);
        }

        FunctionId id() {
            return new FunctionId(section.name(), start);
        }

        /** Returns the first global symbol, or else the first. */
        ElfSymbol symbol() {
            for (ElfSymbol symbol : symbols) {
                if (symbol.global()) {
                    return symbol;
                }
            }
            return symbols.getFirst();
        }

        Code code(ByteOrder order) {
            return Code.of(section.bytes().slice(start, end - start), order);
        }
    }

    private final ElfFile file;
    private final List<Place> places = new ArrayList<>();
    private final Map<Integer, Map<Integer, Place>> byOffset = new HashMap<>();

    private FunctionTable(ElfFile file) {
        this.file = file;
    }

    static FunctionTable read(Sections sections) {
        FunctionTable table = new FunctionTable(sections.file());
        Map<Integer, List<ElfSymbol>> symbols = new HashMap<>();
        sections.all(SectionKind.CODE).forEach(section -> symbols.put(section.index(), new ArrayList<>()));
        for (ElfSymbol symbol : sections.file().symbols()) {
            List<ElfSymbol> ofSection = mayBeFunction(symbol) ? symbols.get(symbol.section()) : null;
            if (ofSection != null) {
                ofSection.add(symbol);
            }
        }
        for (ElfSection section : sections.all(SectionKind.CODE)) {
            table.add(section, symbols.getOrDefault(section.index(), List.of()));
        }
        return table;
    }

    /** Returns whether all functions of a section are there to be called, and none is a program. */
    static boolean holdsSubprograms(ElfSection section) {
        return section.name().equals(SUBPROGRAMS);
    }

    ElfFile file() {
        return file;
    }

    /** Returns all functions in the order of the file. */
    List<Place> all() {
        return places;
    }

    /** Returns the function that begins at an offset of a section, which is given by its number. */
    @Nullable
    Place at(int section, long offset) {
        Map<Integer, Place> ofSection = byOffset.getOrDefault(section, Map.of());
        return offset == (int) offset ? ofSection.get((int) offset) : null;
    }

    private static boolean mayBeFunction(ElfSymbol symbol) {
        return symbol.type() == ElfSymbol.FUNC || (symbol.type() == ElfSymbol.NOTYPE && symbol.global());
    }

    private void add(ElfSection section, List<ElfSymbol> symbols) {
        List<ElfSymbol> functions = symbols.stream()
                .filter(symbol -> symbol.type() == ElfSymbol.FUNC)
                .toList();
        if (functions.isEmpty()) {
            functions = symbols;
        }
        TreeMap<Integer, List<ElfSymbol>> byStart = new TreeMap<>();
        for (ElfSymbol function : functions) {
            // a symbol at the very end has no instruction
            if (function.value() < section.size()) {
                byStart.computeIfAbsent((int) function.value(), start -> new ArrayList<>(1))
                        .add(function);
            }
        }
        byStart.forEach((start, names) -> {
            Place place = place(section, start, names, byStart.higherKey(start));
            places.add(place);
            byOffset.computeIfAbsent(section.index(), index -> new HashMap<>()).put(start, place);
        });
    }

    private static Place place(ElfSection section, int start, List<ElfSymbol> names, @Nullable Integer next) {
        int limit = Optional.ofNullable(next).orElse((int) section.size());
        long size = 0;
        for (ElfSymbol name : names) {
            size = Math.max(size, name.size());
        }
        long end = size == 0 ? limit : start + size;
        if (end > limit || start % Code.SLOT_BYTES != 0 || end % Code.SLOT_BYTES != 0) {
            String problem = section.error(
                            start,
                            "function " + names.getFirst() + " of " + (end - start) + " bytes",
                            "whole instructions that end by byte " + limit)
                    .getMessage();
            return new Place(section, start, start, names, problem);
        }
        return new Place(section, start, (int) end, names, null);
    }
}
