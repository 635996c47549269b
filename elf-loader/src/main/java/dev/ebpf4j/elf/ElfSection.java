package dev.ebpf4j.elf;

import java.nio.ByteBuffer;

/**
 * One section of an {@link ElfFile}, its extent checked.
 *
 * @param index its number in the file
 * @param name its name
 * @param type its type, one of the {@code SHT_…} constants
 * @param flags its {@code SHF_…} flags
 * @param size its size in bytes; of {@link #NOBITS} sections, the size in memory
 * @param link number of a section that this one needs
 * @param info of relocations, number of the section that they are for
 * @param bytes the contents, in the file's byte order; empty for {@link #NOBITS}
 * @param align what its place must be a multiple of, a power of two
 * @param entrySize size of its entries in bytes, 0 if it has none
 */
record ElfSection(
        int index,
        String name,
        int type,
        long flags,
        long size,
        int link,
        int info,
        ByteBuffer bytes,
        long align,
        long entrySize) {
    static final int HEADER_BYTES = 64;

    static final int PROGBITS = 1;
    static final int SYMTAB = 2;
    static final int STRTAB = 3;
    static final int RELA = 4;
    static final int NOBITS = 8;
    static final int REL = 9;

    private static final long FLAG_WRITABLE = 1;
    private static final long FLAG_ALLOCATED = 2;
    private static final long FLAG_EXECUTABLE = 4;

    boolean executable() {
        return type == PROGBITS && (flags & FLAG_EXECUTABLE) != 0;
    }

    boolean writable() {
        return (flags & FLAG_WRITABLE) != 0;
    }

    /** Returns whether the section is part of the program in memory, as opposed to information about it. */
    boolean allocated() {
        return (flags & FLAG_ALLOCATED) != 0;
    }

    /** Returns the contents as a fresh array. */
    byte[] toArray() {
        byte[] copy = new byte[bytes.capacity()];
        bytes.get(0, copy);
        return copy;
    }

    /** Checks that the contents are whole entries of a size. */
    void checkEntries(int entryBytes) {
        if (size % entryBytes != 0) {
            throw error(-1, size + " bytes", "entries of " + entryBytes + " bytes each");
        }
    }

    ElfFormatException error(long offset, String found, String expected) {
        return new ElfFormatException(name, offset, found, expected);
    }
}
