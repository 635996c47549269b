package dev.ebpf4j.elf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the sections that hold one value: {@code license} and {@code version}. */
final class SmallSections {
    /** The kernel looks at no more of a licence. */
    private static final int LICENSE_BYTES = 128;

    private SmallSections() {}

    /** Returns the text up to its terminating zero; empty without a section. */
    static String license(Sections sections) {
        return sections.one(SectionKind.LICENSE).map(SmallSections::text).orElse("");
    }

    private static String text(ElfSection section) {
        ByteBuffer bytes = section.bytes();
        int end = 0;
        while (end < bytes.capacity() && bytes.get(end) != 0) {
            end++;
        }
        if (end >= LICENSE_BYTES) {
            throw section.error(0, "a text of " + end + " bytes", "less than " + LICENSE_BYTES);
        }
        byte[] text = new byte[end];
        bytes.get(0, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Returns the kernel version that the object is for; 0 without a section. */
    static int version(Sections sections) {
        return sections.one(SectionKind.VERSION).map(SmallSections::number).orElse(0);
    }

    private static int number(ElfSection section) {
        if (section.size() != Integer.BYTES) {
            throw section.error(-1, section.size() + " bytes", "one number of " + Integer.BYTES);
        }
        return section.bytes().getInt(0);
    }
}
