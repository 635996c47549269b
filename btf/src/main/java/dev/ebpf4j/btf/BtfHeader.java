package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of a .BTF section: where its parts lie.
 *
 * <pre>
 *  0 u16 magic 0xeb9f   2 u8 version 1   3 u8 flags   4 u32 hdr_len (24, 32 or more)
 *  8 u32 type_off  12 u32 type_len  16 u32 str_off  20 u32 str_len
 * 24 u32 layout_off  28 u32 layout_len        all offsets count from the end of the header
 * layout: per kind u8 info_sz, u8 elem_sz, u16 flags
 * </pre>
 */
record BtfHeader(ByteOrder order, ByteBuffer raw, Part types, Part strings, Part layout) {
    static final int SHORT = 24;
    static final int LONG = 32;
    static final int MAGIC = 0xeb9f;
    static final int VERSION = 1;

    /** Bytes from {@code offset}, counted from the end of the header, for {@code length}. */
    record Part(int offset, int length) {
        int end() {
            return offset + length;
        }
    }

    /** Reads and range-checks; {@code bytes} is in the order of the magic number afterwards. */
    static BtfHeader read(ByteBuffer bytes) {
        if (bytes.limit() < SHORT) {
            throw bad(0, bytes.limit() + " bytes", "a header of at least 24 bytes");
        }
        ByteOrder order = orderOf(bytes, "header");
        bytes.order(order);
        if (bytes.get(2) != VERSION) {
            throw bad(2, "version " + (bytes.get(2) & 0xff), "version 1");
        }
        if (bytes.get(3) != 0) {
            throw bad(3, "flags 0x%x".formatted(bytes.get(3)), "0");
        }
        int length = headerLength(bytes, SHORT, "header");
        byte[] raw = new byte[length];
        bytes.get(0, raw);
        return of(bytes, order, raw);
    }

    private static BtfHeader of(ByteBuffer bytes, ByteOrder order, byte[] raw) {
        int length = raw.length;
        boolean hasLayout = length >= LONG;
        BtfHeader header = new BtfHeader(
                order,
                ByteBuffer.wrap(raw).asReadOnlyBuffer(),
                part(bytes, 8, length),
                part(bytes, 16, length),
                hasLayout ? part(bytes, 24, length) : new Part(0, 0));
        header.check();
        return header;
    }

    /** The byte order that makes the magic number come out right. */
    static ByteOrder orderOf(ByteBuffer bytes, String part) {
        int magic = (bytes.get(0) & 0xff) | ((bytes.get(1) & 0xff) << 8);
        return switch (magic) {
            case MAGIC -> ByteOrder.LITTLE_ENDIAN;
            case 0x9feb -> ByteOrder.BIG_ENDIAN;
            default ->
                throw new BtfFormatException(
                        part, 0, "magic 0x%04x".formatted(magic), "0xeb9f in one of the two byte orders");
        };
    }

    static int headerLength(ByteBuffer bytes, int least, String part) {
        int length = bytes.getInt(4);
        if (length < least || length > bytes.limit()) {
            throw new BtfFormatException(
                    part,
                    4,
                    "hdr_len " + Integer.toUnsignedString(length),
                    least + " to the " + bytes.limit() + " bytes there are");
        }
        return length;
    }

    private static Part part(ByteBuffer bytes, int at, int headerLength) {
        long offset = bytes.getInt(at) & 0xffffffffL;
        long length = bytes.getInt(at + 4) & 0xffffffffL;
        int room = bytes.limit() - headerLength;
        if (offset + length > room) {
            throw bad(at, offset + " + " + length, "an end within the " + room + " bytes after the header");
        }
        return new Part((int) offset, (int) length);
    }

    private void check() {
        if (types.offset % 4 != 0 || types.length % 4 != 0) {
            throw bad(8, "type section " + types, "a multiple of 4");
        }
        if (layout.offset % 4 != 0 || layout.length % 4 != 0) {
            throw bad(24, "layout section " + layout, "a multiple of 4");
        }
        if (overlap(types, strings) || overlap(types, layout) || overlap(strings, layout)) {
            throw bad(8, "sections that overlap", "sections side by side");
        }
    }

    private static boolean overlap(Part a, Part b) {
        return a.length > 0 && b.length > 0 && a.offset < b.end() && b.offset < a.end();
    }

    int length() {
        return raw.limit();
    }

    /** Bytes from the start of the header to the end of the last section. */
    int totalLength() {
        return length() + Math.max(types.end(), Math.max(strings.end(), layout.end()));
    }

    private static BtfFormatException bad(int at, String found, String expected) {
        return new BtfFormatException("header", at, found, expected);
    }

    @Override
    public String toString() {
        return "BtfHeader[%s, %d bytes, types %s, strings %s, layout %s]"
                .formatted(order, length(), types, strings, layout);
    }
}
