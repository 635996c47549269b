package dev.ebpf4j.elf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the section table: extents and names of all sections. */
final class ElfSectionTable {
    private final ByteBuffer file;
    private final ByteBuffer headers;

    private ElfSectionTable(ByteBuffer file, ByteBuffer headers) {
        this.file = file;
        this.headers = headers;
    }

    static List<ElfSection> read(ElfHeader header) {
        ByteBuffer first = table(header, 1);
        long count = header.count() == 0 ? first.getLong(32) : header.count();
        long namesIndex = header.namesIndex() == ElfHeader.ELSEWHERE ? first.getInt(40) : header.namesIndex();
        if (namesIndex < 1 || namesIndex >= count) {
            throw new ElfFormatException(
                    "", 62, "section names in section " + namesIndex, "a section that is there, of " + count);
        }
        ElfSectionTable table = new ElfSectionTable(header.file(), table(header, count));
        ElfStrings names = new ElfStrings(table.section((int) namesIndex, ""));
        List<ElfSection> sections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sections.add(table.section(
                    i, names.at(Integer.toUnsignedLong(table.headers.getInt(i * ElfSection.HEADER_BYTES)))));
        }
        checkNoOverlap(header, sections);
        return sections;
    }

    /** Sections of object files never overlap; this keeps what is read in proportion to the file. */
    private static void checkNoOverlap(ElfHeader header, List<ElfSection> sections) {
        long total = sections.stream()
                .mapToLong(section -> section.bytes().capacity())
                .sum();
        if (total > header.file().capacity()) {
            throw new ElfFormatException(
                    "",
                    -1,
                    total + " bytes in all sections",
                    "at most the file's " + header.file().capacity());
        }
    }

    private static ByteBuffer table(ElfHeader header, long count) {
        long room = header.file().capacity() / ElfSection.HEADER_BYTES;
        if (count < 1 || count > room) {
            throw new ElfFormatException("", 60, Long.toUnsignedString(count) + " sections", "1 to " + room);
        }
        return slice(header.file(), "", header.table(), count * ElfSection.HEADER_BYTES);
    }

    private ElfSection section(int index, String name) {
        int at = index * ElfSection.HEADER_BYTES;
        int type = headers.getInt(at + 4);
        long size = headers.getLong(at + 32);
        if (size < 0) {
            throw new ElfFormatException(name, -1, Long.toUnsignedString(size) + " bytes", "less than 8 EiB");
        }
        // section 0 is a placeholder, and what NOBITS sections hold stands nowhere
        boolean inFile = index != 0 && type != ElfSection.NOBITS;
        return new ElfSection(
                index,
                name,
                type,
                headers.getLong(at + 8),
                index == 0 ? 0 : size,
                headers.getInt(at + 40),
                headers.getInt(at + 44),
                inFile ? slice(file, name, headers.getLong(at + 24), size) : file.slice(0, 0),
                Math.max(1, headers.getLong(at + 48)),
                headers.getLong(at + 56));
    }

    private static ByteBuffer slice(ByteBuffer file, String section, long offset, long size) {
        if (offset < 0 || offset > file.capacity() || size > file.capacity() - offset) {
            throw new ElfFormatException(
                    section,
                    -1,
                    size + " bytes at file offset " + Long.toUnsignedString(offset),
                    "an extent inside the file's " + file.capacity() + " bytes (is it truncated?)");
        }
        return file.slice((int) offset, (int) size).order(file.order());
    }
}
