package dev.ebpf4j.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An ELF file taken apart: sections and symbols whose extents, links and names have been checked.
 *
 * <p>Source of the format: the System V ABI, chapter 4, in its 64-bit class. Layouts, in bytes:
 *
 * <pre>
 * header   16 ident | 2 type | 2 machine | 4 version | 8 entry | 8 phoff | 8 shoff | 4 flags
 *          | 2 ehsize | 2 phentsize | 2 phnum | 2 shentsize | 2 shnum | 2 shstrndx         = 64
 * section  4 name | 4 type | 8 flags | 8 addr | 8 offset | 8 size | 4 link | 4 info
 *          | 8 addralign | 8 entsize                                                       = 64
 * symbol   4 name | 1 info | 1 other | 2 shndx | 8 value | 8 size                          = 24
 * rel      8 offset | 8 info (symbol &lt;&lt; 32 | type) [| 8 addend: rela, of clang 3]       = 16 or 24
 * </pre>
 *
 * @param order byte order of everything in the file
 * @param sections all sections; their positions are their numbers
 * @param symbols the symbol table; positions are numbers
 * @param relocationsOf sections of relocations by the number of the section that they are for
 */
record ElfFile(
        ByteOrder order,
        List<ElfSection> sections,
        List<ElfSymbol> symbols,
        Map<Integer, List<ElfSection>> relocationsOf) {
    private static final int SYMBOL_BYTES = 24;
    private static final int REL_BYTES = 16;
    private static final int RELA_BYTES = 24;
    private static final int EXTENDED_NUMBER = 0xffff;

    ElfFile {
        sections = List.copyOf(sections);
        symbols = List.copyOf(symbols);
    }

    static ElfFile parse(byte[] bytes) {
        ElfHeader header = ElfHeader.parse(bytes);
        List<ElfSection> sections = ElfSectionTable.read(header);
        return new ElfFile(header.file().order(), sections, symbols(sections), relocations(sections));
    }

    /** Returns the section of this number; empty if it is undefined, special, or not there. */
    Optional<ElfSection> section(int index) {
        return index > 0 && index < sections.size() ? Optional.of(sections.get(index)) : Optional.empty();
    }

    /** Returns all relocations for a section, by ascending offset. */
    List<ElfReloc> relocations(ElfSection target) {
        List<ElfReloc> all = new ArrayList<>();
        for (ElfSection section : relocationsOf.getOrDefault(target.index(), List.of())) {
            readRelocations(section, target, all);
        }
        all.sort(Comparator.comparingInt(ElfReloc::offset));
        return all;
    }

    private void readRelocations(ElfSection section, ElfSection target, List<ElfReloc> into) {
        boolean addends = section.type() == ElfSection.RELA;
        int entryBytes = addends ? RELA_BYTES : REL_BYTES;
        section.checkEntries(entryBytes);
        ByteBuffer in = section.bytes();
        for (int at = 0; at < in.capacity(); at += entryBytes) {
            long offset = in.getLong(at);
            int symbol = (int) (in.getLong(at + 8) >>> 32);
            if (offset < 0 || offset >= target.bytes().capacity()) {
                throw section.error(
                        at, "offset " + Long.toUnsignedString(offset), "a place in section '" + target.name() + "'");
            }
            if (symbol < 0 || symbol >= symbols.size()) {
                throw section.error(at, "symbol " + Integer.toUnsignedString(symbol), "less than " + symbols.size());
            }
            long addend = addends ? in.getLong(at + REL_BYTES) : 0;
            into.add(new ElfReloc((int) offset, symbols.get(symbol).moved(addend)));
        }
    }

    private static Map<Integer, List<ElfSection>> relocations(List<ElfSection> sections) {
        return sections.stream()
                .filter(section -> section.type() == ElfSection.REL || section.type() == ElfSection.RELA)
                .collect(Collectors.groupingBy(ElfSection::info));
    }

    private static List<ElfSymbol> symbols(List<ElfSection> sections) {
        List<ElfSection> tables = sections.stream()
                .filter(section -> section.type() == ElfSection.SYMTAB)
                .toList();
        if (tables.size() != 1) {
            throw new ElfFormatException("", -1, tables.size() + " symbol tables", "one (was the file stripped?)");
        }
        ElfSection table = tables.getFirst();
        table.checkEntries(SYMBOL_BYTES);
        if (table.link() < 1 || table.link() >= sections.size()) {
            throw table.error(
                    -1, "names in section " + Integer.toUnsignedString(table.link()), "a section that is there");
        }
        ElfStrings names = new ElfStrings(sections.get(table.link()));
        List<ElfSymbol> symbols = new ArrayList<>();
        for (int at = 0; at < table.bytes().capacity(); at += SYMBOL_BYTES) {
            symbols.add(symbol(table, at, names, sections));
        }
        return symbols;
    }

    private static ElfSymbol symbol(ElfSection table, int at, ElfStrings names, List<ElfSection> sections) {
        ByteBuffer in = table.bytes();
        int info = Byte.toUnsignedInt(in.get(at + 4));
        int visibility = in.get(at + 5) & 3;
        int section = Short.toUnsignedInt(in.getShort(at + 6));
        ElfSymbol symbol = new ElfSymbol(
                names.at(Integer.toUnsignedLong(in.getInt(at))),
                in.getLong(at + 8),
                in.getLong(at + 16),
                info >> 4,
                info & 0xf,
                visibility == 1 || visibility == 2,
                section);
        if (section == EXTENDED_NUMBER) {
            throw table.error(at, symbol + " with its section number in another table", "fewer than 65280 sections");
        }
        // special section numbers, such as that of absolute symbols, lie above all real ones
        if (section > 0 && section < sections.size()) {
            long size = sections.get(section).size();
            if (symbol.value() < 0
                    || symbol.value() > size
                    || symbol.size() < 0
                    || symbol.size() > size - symbol.value()) {
                throw table.error(
                        at,
                        "symbol " + symbol + " at " + Long.toUnsignedString(symbol.value()) + " with "
                                + Long.toUnsignedString(symbol.size()) + " bytes",
                        "a place inside the " + size + " bytes of section '"
                                + sections.get(section).name() + "'");
            }
        }
        return symbol;
    }
}
