package dev.ebpf4j.elf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the sections that hold one value: {@code license} and {@code version}. */
final class SmallSections {
    /** The kernel looks at no more of a licence. */
    private static final int LICENSE_BYTES = 128;

    private SmallSections() {}

    /** Returns the text up to its terminating zero, or as much as the kernel looks at; empty without a section. */
    static String license(Sections sections) {
        return sections.one(SectionKind.LICENSE).map(SmallSections::text).orElse("");
    }

    private static String text(ElfSection section) {
        ByteBuffer bytes = section.bytes();
        int end = 0;
        // longer than this it is none that the kernel knows
        while (end < Math.min(bytes.capacity(), LICENSE_BYTES - 1) && bytes.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end];
        bytes.get(0, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Returns the kernel version that the object is for; 0 without a section. */
    static int version(Sections sections) {
        ElfSection section = sections.one(SectionKind.VERSION).orElse(null);
        if (section == null) {
            return 0;
        }
        if (section.size() < Integer.BYTES) {
            sections.warn("section 'version' holds " + section.size() + " bytes instead of a number of 4");
            return 0;
        }
        return section.bytes().getInt(0);
    }
}
