package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the types of another kernel, for {@code LinkInputs.withCoReBtf}: from a file of plain BTF, such as those of
 * BTFHub or of {@code MinCoreBtf}, or from the section {@code .BTF} of an ELF file of any machine, such as a
 * {@code vmlinux} or an object file.
 */
public final class BtfFile {
    private static final int BTF_MAGIC = 0xeb9f;

    private BtfFile() {}

    /**
     * {@return the types in a file}
     *
     * @param file the file
     * @throws IOException if the file can't be read
     * @throws ElfFormatException if it is neither BTF nor an ELF file that has some
     * @throws BtfFormatException if the BTF breaks the format
     */
    public static Btf read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return read(bytes);
        } catch (ElfFormatException e) {
            throw e.in(file.toString());
        } catch (BtfFormatException e) {
            throw e.in(file.toString());
        }
    }

    /**
     * {@return the types in a file's bytes}
     *
     * @param bytes the whole file
     * @throws ElfFormatException if it is neither BTF nor an ELF file that has some
     * @throws BtfFormatException if the BTF breaks the format
     */
    public static Btf read(byte[] bytes) {
        if (isBtf(bytes)) {
            return Btf.parse(bytes);
        }
        return ElfSectionTable.read(ElfHeader.ofAnyKind(bytes)).stream()
                .filter(section -> section.name().equals(".BTF"))
                .findFirst()
                .map(section -> Btf.parse(section.bytes()))
                .orElseThrow(() -> new ElfFormatException("", -1, "no section .BTF", "a file with type information"));
    }

    private static boolean isBtf(byte[] bytes) {
        if (bytes.length < 2) {
            return false;
        }
        ByteBuffer start = ByteBuffer.wrap(bytes);
        return Short.toUnsignedInt(start.order(ByteOrder.LITTLE_ENDIAN).getShort(0)) == BTF_MAGIC
                || Short.toUnsignedInt(start.order(ByteOrder.BIG_ENDIAN).getShort(0)) == BTF_MAGIC;
    }
}
