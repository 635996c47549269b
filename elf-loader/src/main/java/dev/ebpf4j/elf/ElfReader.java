package dev.ebpf4j.elf;

import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads BPF object files, of either byte order. Pure: the same bytes give the same spec on any machine. Safe for any number
 * of threads.
 *
 * <p>What the bytes say wrongly gives {@link ElfFormatException}, or {@link BtfFormatException} where their
 * type information is wrong; nothing else. Data sections may take {@link #MAX_DATA_BYTES} together.
 *
 * <p>An object takes in all that libbpf 1.8 and cilium/ebpf 0.22 take in, but for kinds of sections that are refused by name:
 * struct_ops, arenas, jump tables, and maps without type information.
 */
public final class ElfReader {
    /** The most that all data sections of an object may hold together, in bytes: 64 MiB. */
    public static final int MAX_DATA_BYTES = 64 << 20;

    private static final String NO_NAME = "object";

    private ElfReader() {}

    /**
     * {@return the object that a file's bytes are, which is named {@code object}}
     *
     * @param elf the whole file
     * @throws ElfFormatException if the bytes are no object file, or one that breaks the format
     * @throws BtfFormatException if its type information breaks the format
     */
    public static ObjectSpec read(byte[] elf) {
        return read(elf, NO_NAME);
    }

    /**
     * {@return the object in a file, named like the file up to its first dot}
     *
     * @param file the file
     * @throws IOException if the file can't be read
     * @throws ElfFormatException if it is no object file, or one that breaks the format
     * @throws BtfFormatException if its type information breaks the format
     */
    public static ObjectSpec read(Path file) throws IOException {
        Path fileName = file.getFileName();
        String name = fileName == null ? "" : fileName.toString().split("\\.", 2)[0];
        byte[] elf = Files.readAllBytes(file);
        try {
            return read(elf, name.isEmpty() ? NO_NAME : name);
        } catch (ElfFormatException e) {
            throw e.in(file.toString());
        } catch (BtfFormatException e) {
            throw e.in(file.toString());
        }
    }

    /**
     * {@return the object that a file's bytes are}
     *
     * @param elf the whole file
     * @param name the object's name, which the kernel shows as the beginning of the names of data maps
     * @throws ElfFormatException if the bytes are no object file, or one that breaks the format
     * @throws BtfFormatException if its type information breaks the format
     */
    public static ObjectSpec read(byte[] elf, String name) {
        ElfFile file = ElfFile.parse(elf);
        Sections sections = Sections.classify(file);
        TypeInfo types = TypeInfo.read(sections);
        Externs externs = Externs.read(file, types);
        BtfMaps maps = BtfMaps.read(sections, types);
        DataSections data = DataSections.read(sections, types);
        FunctionTable functions = FunctionTable.read(sections);
        FunctionReader code = new FunctionReader(functions, types, new RelocReader(maps, data, externs, functions));
        Programs programs = Programs.read(functions, code);
        return ObjectSpec.builder(name)
                .byteOrder(file.order())
                .license(SmallSections.license(sections))
                .kernelVersion(SmallSections.version(sections))
                .programs(programs.programs())
                .subprograms(programs.subprograms())
                .maps(data.after(maps.withSlots(functions, programs)))
                .variables(data.variables())
                .externs(externs.all())
                .btf(types.btf())
                .build();
    }
}
