package dev.ebpf4j.elf;

import java.nio.ByteOrder;
import java.util.List;

/**
 * An object file as it shall be written: what {@link ElfWriter} lays out.
 *
 * @param order byte order of everything in the file
 * @param sections the sections with contents; symbols name them by their position here, from 0
 * @param symbols the symbols, all local ones before the first global one
 */
record ElfImage(ByteOrder order, List<Section> sections, List<Symbol> symbols) {
    /** {@code section} of a symbol that is defined elsewhere. */
    static final int UNDEFINED = -1;

    ElfImage {
        sections = List.copyOf(sections);
        symbols = List.copyOf(symbols);
    }

    /**
     * A section.
     *
     * @param size size in bytes; that of {@code bytes} unless the section holds nothing in the file
     * @param bytes contents; empty for {@link ElfSection#NOBITS}
     * @param relocations what in it refers to symbols
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, compared by nobody
    record Section(
            String name,
            int type,
            long flags,
            long align,
            long entrySize,
            long size,
            byte[] bytes,
            List<Relocation> relocations) {
        Section {
            relocations = List.copyOf(relocations);
        }
    }

    /**
     * A symbol.
     *
     * @param section position of its section in {@link ElfImage#sections()}, or {@link #UNDEFINED}
     */
    record Symbol(String name, int binding, int type, boolean hidden, int section, long value, long size) {}

    /**
     * A relocation.
     *
     * @param offset offset in its section, in bytes
     * @param symbol position in {@link ElfImage#symbols()}
     * @param type number of its kind, one of the {@code R_BPF_…} constants
     */
    record Relocation(long offset, int symbol, int type) {}
}
