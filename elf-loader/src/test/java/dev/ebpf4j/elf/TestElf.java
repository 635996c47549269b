package dev.ebpf4j.elf;

import dev.ebpf4j.spec.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes object files by hand: what today's compilers no longer make. */
final class TestElf {
    private static final int HEADER_BYTES = 64;

    private record Section(String name, int type, long flags, Bytes bytes, int link, int info) {}

    private record Symbol(String name, int binding, int type, int section, long value, long size) {}

    private record Reloc(int section, long offset, int symbol, int type, long addend) {}

    private final ByteOrder order;
    private final List<Section> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private final Map<Integer, List<Reloc>> relocs = new HashMap<>();
    private boolean addends;

    TestElf(ByteOrder order) {
        this.order = order;
        sections.add(new Section("", 0, 0, Bytes.EMPTY, 0, 0));
        symbols.add(new Symbol("", 0, 0, 0, 0, 0));
    }

    TestElf() {
        this(ByteOrder.LITTLE_ENDIAN);
    }

    /** Adds a section of code or data and returns its number. */
    int section(String name, String flags, byte[] bytes) {
        long bits = flags.chars()
                .mapToLong(flag -> flag == 'X' ? 4 : flag == 'W' ? 1 : 2)
                .sum();
        sections.add(new Section(name, ElfSection.PROGBITS, bits, Bytes.of(bytes), 0, 0));
        return sections.size() - 1;
    }

    int code(String name, long... insns) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * insns.length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(insns).forEach(bytes::putLong);
        return section(name, "AX", bytes.array());
    }

    int words(String name, int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(order);
        Arrays.stream(words).forEach(bytes::putInt);
        return section(name, "AW", bytes.array());
    }

    /** Adds a symbol and returns its number. */
    int symbol(String name, int binding, int type, int section, long value, long size) {
        symbols.add(new Symbol(name, binding, type, section, value, size));
        return symbols.size() - 1;
    }

    int function(String name, int section, long value, long size) {
        return symbol(name, ElfSymbol.GLOBAL, ElfSymbol.FUNC, section, value, size);
    }

    int object(String name, int section, long value, long size) {
        return symbol(name, ElfSymbol.GLOBAL, ElfSymbol.OBJECT, section, value, size);
    }

    /** Adds a relocation; the number of its type is of no interest to loaders. */
    TestElf reloc(int section, long offset, int symbol, int type) {
        relocs.computeIfAbsent(section, key -> new ArrayList<>()).add(new Reloc(section, offset, symbol, type, 0));
        return this;
    }

    TestElf relocWithAddend(int section, long offset, int symbol, long addend) {
        addends = true;
        relocs.computeIfAbsent(section, key -> new ArrayList<>()).add(new Reloc(section, offset, symbol, 0, addend));
        return this;
    }

    byte[] bytes() {
        List<Section> all = new ArrayList<>(sections);
        int symbolTable = all.size() + relocs.size();
        relocs.forEach((target, list) -> {
            byte[] table = table(list);
            int type = addends ? ElfSection.RELA : ElfSection.REL;
            all.add(new Section(".rel" + all.get(target).name(), type, 0, Bytes.of(table), symbolTable, target));
        });
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        names.write(0);
        byte[] table = symbols(names);
        all.add(new Section(".symtab", ElfSection.SYMTAB, 0, Bytes.of(table), symbolTable + 1, 1));
        int[] nameOffsets = new int[all.size() + 1];
        for (int i = 0; i < all.size(); i++) {
            nameOffsets[i] = name(names, all.get(i).name());
        }
        nameOffsets[all.size()] = name(names, ".strtab");
        all.add(new Section(".strtab", ElfSection.STRTAB, 0, Bytes.of(names.toByteArray()), 0, 0));
        return file(all, nameOffsets);
    }

    private byte[] table(List<Reloc> list) {
        ByteBuffer bytes =
                ByteBuffer.allocate((addends ? 24 : 16) * list.size()).order(order);
        for (Reloc reloc : list) {
            bytes.putLong(reloc.offset()).putLong((long) reloc.symbol() << 32 | reloc.type());
            if (addends) {
                bytes.putLong(reloc.addend());
            }
        }
        return bytes.array();
    }

    private byte[] symbols(ByteArrayOutputStream names) {
        ByteBuffer bytes = ByteBuffer.allocate(24 * symbols.size()).order(order);
        for (Symbol symbol : symbols) {
            bytes.putInt(name(names, symbol.name()))
                    .put((byte) (symbol.binding() << 4 | symbol.type()))
                    .put((byte) 0)
                    .putShort((short) symbol.section())
                    .putLong(symbol.value())
                    .putLong(symbol.size());
        }
        return bytes.array();
    }

    private static int name(ByteArrayOutputStream names, String name) {
        if (name.isEmpty()) {
            return 0;
        }
        int offset = names.size();
        names.writeBytes((name + '\0').getBytes(StandardCharsets.UTF_8));
        return offset;
    }

    private byte[] file(List<Section> all, int[] nameOffsets) {
        int dataBytes = all.stream().mapToInt(section -> section.bytes().size()).sum();
        int table = HEADER_BYTES + dataBytes;
        ByteBuffer out = ByteBuffer.allocate(table + HEADER_BYTES * all.size()).order(order);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, (byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2), 1});
        out.position(16).putShort((short) 1).putShort((short) 247).putInt(1);
        out.putLong(40, table);
        out.putShort(58, (short) HEADER_BYTES);
        out.putShort(60, (short) all.size()).putShort(62, (short) (all.size() - 1));
        int at = HEADER_BYTES;
        for (int i = 0; i < all.size(); i++) {
            Section section = all.get(i);
            out.put(at, section.bytes().toArray());
            out.position(table + HEADER_BYTES * i);
            out.putInt(nameOffsets[i]).putInt(section.type()).putLong(section.flags());
            out.putLong(0).putLong(at).putLong(section.bytes().size());
            out.putInt(section.link()).putInt(section.info());
            at += section.bytes().size();
        }
        return out.array();
    }
}
