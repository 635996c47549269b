package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes of .BTF.ext to records.
 *
 * <pre>
 *  0 u16 magic  2 u8 version  3 u8 flags  4 u32 hdr_len (24, 32 or more)
 *  8 u32 func_info_off   12 u32 func_info_len   16 u32 line_info_off   20 u32 line_info_len
 * 24 u32 core_relo_off   28 u32 core_relo_len   all offsets count from the end of the header
 * each part: u32 record size, then per ELF section { u32 name, u32 count, records }
 * </pre>
 */
final class BtfExtDecoder {
    private static final int HEADER = 24;
    private static final int HEADER_WITH_RELOCATIONS = 32;
    private static final int SECTION_HEADER = 8;
    private static final int LONGEST_ACCESS = 1024;

    private final ByteBuffer bytes;
    private final Btf btf;
    private final NameReader names;

    BtfExtDecoder(ByteBuffer bytes, Btf btf) {
        this.bytes = bytes.slice();
        this.btf = btf;
        this.names = new NameReader(btf.strings());
    }

    /** Makes a record of the bytes from {@code at} on. */
    private interface Reader<T> {
        T read(int at);
    }

    BtfExt decode() {
        int header = header();
        Map<String, List<FuncInfo>> functions = part("func_info", 8, header, 8, this::function);
        Map<String, List<LineInfo>> lines = part("line_info", 16, header, 16, this::line);
        Map<String, List<CoReRelo>> relocations =
                header < HEADER_WITH_RELOCATIONS ? Map.of() : part("core_relo", 24, header, 16, this::relocation);
        return new BtfExt(functions, lines, relocations);
    }

    private int header() {
        if (bytes.limit() < HEADER) {
            throw bad("ext header", 0, bytes.limit() + " bytes", "a header of at least 24 bytes");
        }
        bytes.order(BtfHeader.orderOf(bytes, "ext header"));
        if (bytes.get(2) != BtfHeader.VERSION || bytes.get(3) != 0) {
            throw bad(
                    "ext header",
                    2,
                    "version %d, flags %d".formatted(bytes.get(2), bytes.get(3)),
                    "version 1, flags 0");
        }
        return BtfHeader.headerLength(bytes, HEADER, "ext header");
    }

    private <T> Map<String, List<T>> part(String part, int field, int header, int least, Reader<T> reader) {
        long start = header + (bytes.getInt(field) & 0xffffffffL);
        long end = start + (bytes.getInt(field + 4) & 0xffffffffL);
        Map<String, List<T>> records = new LinkedHashMap<>();
        if (start == end) {
            return records;
        }
        if (end > bytes.limit() || end - start < 4) {
            throw bad(part, start, "an end at " + end, "4 bytes or more within the " + bytes.limit() + " there are");
        }
        long size = bytes.getInt((int) start) & 0xffffffffL;
        if (size < least || size % 4 != 0) {
            throw bad(part, start, "records of " + size + " bytes", "a multiple of 4 from " + least + " on");
        }
        long at = start + 4;
        while (at < end) {
            if (end - at < SECTION_HEADER) {
                throw bad(part, at, end - at + " bytes left", "a section header of 8");
            }
            long count = bytes.getInt((int) at + 4) & 0xffffffffL;
            if (count == 0 || count * size > end - at - SECTION_HEADER) {
                throw bad(part, at + 4, count + " records of " + size, "1 or more within the part");
            }
            String section = names.readShared(bytes.getInt((int) at));
            List<T> list = records.computeIfAbsent(section, name -> new ArrayList<>());
            at += SECTION_HEADER;
            for (long i = 0; i < count; i++, at += size) {
                list.add(reader.read((int) at));
            }
        }
        return records;
    }

    private FuncInfo function(int at) {
        return new FuncInfo(instruction("func_info", at), type("func_info", at + 4));
    }

    /** The last word of a line record is line &lt;&lt; 10 | column. */
    private LineInfo line(int at) {
        int file = string("line_info", at + 4);
        int text = string("line_info", at + 8);
        int place = bytes.getInt(at + 12);
        return new LineInfo(instruction("line_info", at), file, text, place >>> 10, place & 0x3ff);
    }

    private CoReRelo relocation(int at) {
        String access = names.readShared(string("core_relo", at + 8));
        int kind = bytes.getInt(at + 12);
        if (access.length() > LONGEST_ACCESS) {
            throw bad("core_relo", at + 8, "an access string of " + access.length(), "at most " + LONGEST_ACCESS);
        }
        if (kind < 0 || kind >= CoReKind.COUNT) {
            throw bad("core_relo", at + 12, "kind " + Integer.toUnsignedString(kind), "less than " + CoReKind.COUNT);
        }
        return new CoReRelo(instruction("core_relo", at), type("core_relo", at + 4), access, CoReKind.of(kind));
    }

    private int instruction(String part, int at) {
        int offset = bytes.getInt(at);
        if (offset < 0 || offset % 8 != 0) {
            throw bad(part, at, "instruction offset " + Integer.toUnsignedString(offset), "a multiple of 8");
        }
        return offset;
    }

    private int type(String part, int at) {
        int id = bytes.getInt(at);
        if (id < 0 || id >= btf.typeCount()) {
            throw bad(part, at, "type id " + Integer.toUnsignedString(id), "less than " + btf.typeCount());
        }
        return id;
    }

    private int string(String part, int at) {
        int offset = bytes.getInt(at);
        if (!btf.strings().contains(offset)) {
            throw bad(
                    part,
                    at,
                    "string offset " + Integer.toUnsignedString(offset),
                    "less than " + btf.strings().end());
        }
        return offset;
    }

    private static BtfFormatException bad(String part, long at, String found, String expected) {
        return new BtfFormatException(part, at, found, expected);
    }
}
