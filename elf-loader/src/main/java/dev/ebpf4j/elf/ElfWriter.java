package dev.ebpf4j.elf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an object file: header, contents of the sections, the tables of relocations, symbols and names, section table.
 * Layouts: see {@link ElfFile}.
 */
final class ElfWriter {
    private static final int HEADER = 64;
    private static final int SYMBOL = 24;
    private static final int REL = 16;
    private static final int RELOCATABLE = 1;
    private static final int BPF = 247;
    private static final int HIDDEN = 2;
    private static final long INFO_LINK = 0x40;

    private final ElfImage image;
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private final Map<String, Integer> nameOffsets = new HashMap<>();
    private final List<Header> headers = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    /** A row of the section table. */
    private record Header(int name, int type, long flags, long offset, long size, Links links) {}

    /** What a row of the section table says beside the place. */
    private record Links(int link, int info, long align, long entrySize) {}

    private ElfWriter(ElfImage image) {
        this.image = image;
        names.write(0);
        nameOffsets.put("", 0);
    }

    /** Returns the file. */
    static byte[] write(ElfImage image) {
        return new ElfWriter(image).write();
    }

    private byte[] write() {
        headers.add(new Header(0, 0, 0, 0, 0, new Links(0, 0, 0, 0)));
        image.sections().forEach(this::contents);
        int symbols = image.sections().size() + 1;
        long tables = image.sections().stream()
                .filter(section -> !section.relocations().isEmpty())
                .count();
        int strings = symbols + (int) tables + 1;
        symbols(strings);
        for (int i = 0; i < image.sections().size(); i++) {
            relocations(i, symbols);
        }
        strings();
        return file(strings);
    }

    private void contents(ElfImage.Section section) {
        long offset = align(section.align());
        body.writeBytes(section.bytes());
        Links links = new Links(0, 0, section.align(), section.entrySize());
        headers.add(new Header(name(section.name()), section.type(), section.flags(), offset, section.size(), links));
    }

    private void symbols(int strings) {
        int first = 1
                + (int) image.symbols().stream()
                        .filter(symbol -> symbol.binding() == ElfSymbol.LOCAL)
                        .count();
        byte[] bytes = new byte[(image.symbols().size() + 1) * SYMBOL];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(image.order());
        for (int i = 0; i < image.symbols().size(); i++) {
            ElfImage.Symbol symbol = image.symbols().get(i);
            out.position((i + 1) * SYMBOL);
            out.putInt(name(symbol.name()))
                    .put((byte) (symbol.binding() << 4 | symbol.type()))
                    .put((byte) (symbol.hidden() ? HIDDEN : 0))
                    .putShort((short) (symbol.section() + 1))
                    .putLong(symbol.value())
                    .putLong(symbol.size());
        }
        add(".symtab", ElfSection.SYMTAB, 0, bytes, new Links(strings, first, 8, SYMBOL));
    }

    private void relocations(int section, int symbols) {
        ElfImage.Section target = image.sections().get(section);
        if (target.relocations().isEmpty()) {
            return;
        }
        byte[] bytes = new byte[target.relocations().size() * REL];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(image.order());
        for (ElfImage.Relocation relocation : target.relocations()) {
            out.putLong(relocation.offset()).putLong((relocation.symbol() + 1L) << 32 | relocation.type());
        }
        add(".rel" + target.name(), ElfSection.REL, INFO_LINK, bytes, new Links(symbols, section + 1, 8, REL));
    }

    private void strings() {
        name(".strtab");
        add(".strtab", ElfSection.STRTAB, 0, names.toByteArray(), new Links(0, 0, 1, 0));
    }

    private void add(String name, int type, long flags, byte[] bytes, Links links) {
        long offset = align(links.align());
        body.writeBytes(bytes);
        headers.add(new Header(name(name), type, flags, offset, bytes.length, links));
    }

    private byte[] file(int strings) {
        long table = align(8);
        ByteBuffer out = ByteBuffer.allocate((int) table + headers.size() * ElfSection.HEADER_BYTES)
                .order(image.order());
        byte data = (byte) (image.order() == ByteOrder.LITTLE_ENDIAN ? 1 : 2);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, data, 1}).position(16);
        out.putShort((short) RELOCATABLE)
                .putShort((short) BPF)
                .putInt(1)
                .putLong(0)
                .putLong(0);
        out.putLong(table)
                .putInt(0)
                .putShort((short) HEADER)
                .putShort((short) 0)
                .putShort((short) 0);
        out.putShort((short) ElfSection.HEADER_BYTES)
                .putShort((short) headers.size())
                .putShort((short) strings);
        out.put(body.toByteArray()).position((int) table);
        for (Header header : headers) {
            out.putInt(header.name())
                    .putInt(header.type())
                    .putLong(header.flags())
                    .putLong(0);
            out.putLong(header.offset()).putLong(header.size());
            out.putInt(header.links().link()).putInt(header.links().info());
            out.putLong(header.links().align()).putLong(header.links().entrySize());
        }
        return out.array();
    }

    /** Pads the body and returns the offset in the file that comes next. */
    private long align(long alignment) {
        while (((long) HEADER + body.size()) % Math.max(1, alignment) != 0) {
            body.write(0);
        }
        return (long) HEADER + body.size();
    }

    private int name(String name) {
        return nameOffsets.computeIfAbsent(name, text -> {
            int at = names.size();
            names.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            names.write(0);
            return at;
        });
    }
}
