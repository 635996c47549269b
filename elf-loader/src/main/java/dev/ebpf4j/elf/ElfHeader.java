package dev.ebpf4j.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The header of a BPF object file, checked. Anything else gets a message that says what it is.
 *
 * @param file the whole file in its byte order
 * @param table offset of the section table in the file
 * @param count number of sections as the header has it; 0 if section 0 says it
 * @param namesIndex number of the section with the names; {@link #ELSEWHERE} if section 0 says it
 */
record ElfHeader(ByteBuffer file, long table, int count, int namesIndex) {
    static final int BYTES = 64;
    static final int ELSEWHERE = 0xffff;

    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
    private static final int BPF = 247;
    private static final int RELOCATABLE = 1;
    private static final String WANTED = "a 64-bit relocatable BPF object file, as 'clang -target bpf -c' makes";

    /** Of an object file for BPF. */
    static ElfHeader parse(byte[] bytes) {
        ElfHeader header = ofAnyKind(bytes);
        int type = Short.toUnsignedInt(header.file().getShort(16));
        int machine = Short.toUnsignedInt(header.file().getShort(18));
        if (type != RELOCATABLE || (machine != 0 && machine != BPF)) {
            throw new ElfFormatException("", 16, typeName(type) + " for " + machineName(machine), WANTED);
        }
        return header;
    }

    /** Of any file of 64 bits, such as the image of a kernel. */
    static ElfHeader ofAnyKind(byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(identify(bytes));
        if (bytes.length < BYTES) {
            throw new ElfFormatException(
                    "", bytes.length, "the end of the file", "an ELF header of " + BYTES + " bytes");
        }
        int entrySize = Short.toUnsignedInt(file.getShort(58));
        if (entrySize != ElfSection.HEADER_BYTES) {
            throw new ElfFormatException(
                    "",
                    58,
                    "section headers of " + entrySize + " bytes",
                    "headers of " + ElfSection.HEADER_BYTES + " bytes");
        }
        return new ElfHeader(
                file, file.getLong(40), Short.toUnsignedInt(file.getShort(60)), Short.toUnsignedInt(file.getShort(62)));
    }

    /** Checks the first bytes and returns the byte order that they tell. */
    private static ByteOrder identify(byte[] bytes) {
        if (bytes.length == 0) {
            throw new ElfFormatException("", 0, "an empty file", WANTED);
        }
        byte[] start = Arrays.copyOf(bytes, Math.min(bytes.length, MAGIC.length));
        if (!Arrays.equals(start, MAGIC)) {
            throw new ElfFormatException("", 0, NotElf.describe(start), WANTED);
        }
        if (bytes.length <= 6) {
            throw new ElfFormatException(
                    "", bytes.length, "the end of the file", "an ELF header of " + BYTES + " bytes");
        }
        if (bytes[4] != 2) {
            throw new ElfFormatException("", 4, bytes[4] == 1 ? "a 32-bit ELF file" : "ELF class " + bytes[4], WANTED);
        }
        if (bytes[6] != 1) {
            throw new ElfFormatException("", 6, "ELF version " + bytes[6], "version 1");
        }
        return switch (bytes[5]) {
            case 1 -> ByteOrder.LITTLE_ENDIAN;
            case 2 -> ByteOrder.BIG_ENDIAN;
            default -> throw new ElfFormatException("", 5, "byte order " + bytes[5], "1 (little) or 2 (big-endian)");
        };
    }

    private static String typeName(int type) {
        return switch (type) {
            case 1 -> "a relocatable object file";
            case 2 -> "an executable";
            case 3 -> "an executable or shared library";
            case 4 -> "a core dump";
            default -> "an ELF file of type " + type;
        };
    }

    private static String machineName(int machine) {
        return switch (machine) {
            case 0 -> "no machine";
            case 3 -> "x86";
            case 21 -> "64-bit PowerPC";
            case 22 -> "s390x";
            case 40 -> "arm";
            case 62 -> "x86-64";
            case 183 -> "aarch64";
            case 243 -> "RISC-V";
            case 258 -> "LoongArch";
            case BPF -> "BPF";
            default -> "machine " + machine;
        };
    }
}
