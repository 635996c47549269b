package dev.ebpf4j.elf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A section of zero-terminated names.
 *
 * @param section the section
 */
record ElfStrings(ElfSection section) {
    /** No compiler makes longer names, and a file without terminators can't make us copy it once per symbol. */
    private static final int LONGEST = 4096;

    String at(long offset) {
        ByteBuffer bytes = section.bytes();
        if (offset == 0 && bytes.capacity() == 0) {
            return "";
        }
        if (offset >= bytes.capacity()) {
            throw section.error(-1, "a name at byte " + offset, "less than its " + bytes.capacity() + " bytes");
        }
        int start = (int) offset;
        int end = start;
        while (end < bytes.capacity() && bytes.get(end) != 0) {
            end++;
            if (end - start > LONGEST) {
                throw section.error(offset, "a name of more than " + LONGEST + " bytes", "a shorter one");
            }
        }
        if (end == bytes.capacity()) {
            throw section.error(offset, "a name that runs off the section", "a terminating zero");
        }
        return new String(bytes.array(), bytes.arrayOffset() + start, end - start, StandardCharsets.UTF_8);
    }
}
