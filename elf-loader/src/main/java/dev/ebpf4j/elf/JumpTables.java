package dev.ebpf4j.elf;

import dev.ebpf4j.insn.Code;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Targets of indirect jumps: section {@code .jumptables}, in which each symbol is a table of 8-byte numbers. A number is the
 * offset of an instruction in the section of code that its relocation names.
 */
final class JumpTables {
    private static final int ENTRY_BYTES = 8;

    private final @Nullable ElfSection section;
    private final Map<Long, ElfSymbol> tables = new HashMap<>();
    private final Map<Integer, ElfReloc> relocs = new HashMap<>();

    private JumpTables(@Nullable ElfSection section) {
        this.section = section;
    }

    static JumpTables read(Sections sections) {
        ElfSection section = sections.one(SectionKind.JUMP_TABLES).orElse(null);
        JumpTables tables = new JumpTables(section);
        if (section != null) {
            sections.file().symbols().stream()
                    .filter(symbol -> symbol.section() == section.index() && symbol.size() > 0)
                    .sorted(Comparator.comparingLong(ElfSymbol::size))
                    .forEach(symbol -> tables.tables.put(symbol.value(), symbol));
            sections.file().relocations(section).forEach(reloc -> tables.relocs.put(reloc.offset(), reloc));
        }
        return tables;
    }

    boolean contains(int sectionIndex) {
        return section != null && section.index() == sectionIndex;
    }

    /** Returns the slots of a function that the table at an offset of the section leads to. */
    List<Integer> targets(FunctionTable.Place function, long offset) {
        ElfSymbol table = tables.get(offset);
        if (section == null || table == null) {
            throw function.section()
                    .error(-1, "a jump table at byte " + offset + " of '.jumptables'", "a symbol there");
        }
        if (table.size() % ENTRY_BYTES != 0) {
            throw section.error(
                    offset, "table " + table + " of " + table.size() + " bytes", "entries of " + ENTRY_BYTES);
        }
        ByteBuffer in = section.bytes();
        List<Integer> targets = new ArrayList<>();
        for (int at = (int) offset; at < offset + table.size(); at += ENTRY_BYTES) {
            targets.add(slot(function, section, at, in.getLong(at)));
        }
        return targets;
    }

    private int slot(FunctionTable.Place function, ElfSection in, int at, long value) {
        ElfReloc reloc = relocs.get(at);
        long target = value + (reloc == null ? 0 : reloc.symbol().value());
        boolean elsewhere =
                reloc != null && reloc.symbol().section() != function.section().index();
        if (elsewhere || target < function.start() || target >= function.end() || target % Code.SLOT_BYTES != 0) {
            throw in.error(
                    at,
                    "a jump to byte " + Long.toUnsignedString(target)
                            + (elsewhere
                                    ? " of another section"
                                    : " of section '" + function.section().name() + "'"),
                    "an instruction of the function that jumps, " + function.symbol());
        }
        return (int) (target - function.start()) / Code.SLOT_BYTES;
    }
}
