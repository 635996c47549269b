package dev.ebpf4j.clang.llvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The sections of an ELF object by name, without its debug information: all that these tests compare. */
final class ObjectSections {

    private static final int SECTION_HEADER_SIZE = 64;
    private static final int NOBITS = 8;

    private ObjectSections() {}

    static Map<String, byte[]> of(byte[] elf) {
        ByteBuffer in = ByteBuffer.wrap(elf).order(elf[5] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int table = (int) in.getLong(40);
        int count = in.getShort(60);
        int names = (int) in.getLong(table + in.getShort(62) * SECTION_HEADER_SIZE + 24);
        Map<String, byte[]> sections = new LinkedHashMap<>();
        for (int i = 1; i < count; i++) {
            int header = table + i * SECTION_HEADER_SIZE;
            String name = name(elf, names + in.getInt(header));
            byte[] content = new byte[(int) in.getLong(header + 32)];
            if (in.getInt(header + 4) != NOBITS) {
                in.get((int) in.getLong(header + 24), content);
            }
            sections.put(name, content);
        }
        return sections;
    }

    private static String name(byte[] elf, int at) {
        int end = at;
        while (elf[end] != 0) {
            end++;
        }
        return new String(elf, at, end - at, StandardCharsets.UTF_8);
    }
}
