package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Finds the section .BTF in an image of the running kernel: ELF of 64 bits in this machine's byte order. */
final class VmlinuxElf {
    /** The four bytes of every ELF, and the class of 64 bits. */
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F', 2};

    private static final String NAME = ".BTF";

    private VmlinuxElf() {}

    /** The section's bytes, a part of {@code elf}; empty if this is no such image or has no such section. */
    static Optional<MemorySegment> btf(MemorySegment elf) {
        try {
            return find(elf);
        } catch (IndexOutOfBoundsException e) {
            return Optional.empty(); // cut off: look elsewhere
        }
    }

    /** Offsets are those of {@code Elf64_Ehdr} and {@code Elf64_Shdr} in {@code elf.h}. */
    private static Optional<MemorySegment> find(MemorySegment elf) {
        if (!isElf64(elf)) {
            return Optional.empty();
        }
        long table = elf.get(JAVA_LONG_UNALIGNED, 40);
        int entry = Short.toUnsignedInt(elf.get(JAVA_SHORT_UNALIGNED, 58));
        int count = Short.toUnsignedInt(elf.get(JAVA_SHORT_UNALIGNED, 60));
        int names = Short.toUnsignedInt(elf.get(JAVA_SHORT_UNALIGNED, 62));
        MemorySegment strings = content(elf, table + (long) names * entry);
        for (int i = 0; i < count; i++) {
            long section = table + (long) i * entry;
            long name = Integer.toUnsignedLong(elf.get(JAVA_INT_UNALIGNED, section));
            if (isNamed(strings, name)) {
                return Optional.of(content(elf, section));
            }
        }
        return Optional.empty();
    }

    private static boolean isElf64(MemorySegment elf) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (elf.get(JAVA_BYTE, i) != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    private static MemorySegment content(MemorySegment elf, long section) {
        long offset = elf.get(JAVA_LONG_UNALIGNED, section + 24);
        long size = elf.get(JAVA_LONG_UNALIGNED, section + 32);
        return elf.asSlice(offset, size);
    }

    private static boolean isNamed(MemorySegment strings, long at) {
        for (int i = 0; i <= NAME.length(); i++) {
            int expected = i == NAME.length() ? 0 : NAME.charAt(i);
            if (strings.get(JAVA_BYTE, at + i) != expected) {
                return false;
            }
        }
        return true;
    }
}
