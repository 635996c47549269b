package dev.ebpf4j.elf;

import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads BPF object files, of either byte order. Pure: the same bytes give the same spec on any machine. Safe for any number
 * of threads.
 *
 * <p>A file that is no object, or whose tables are broken, gives {@link ElfFormatException}, or {@link BtfFormatException} where
 * its type information is broken and needed; nothing else. Whatever is wrong with one function, map or extern is kept in its
 * place and spoils only the programs that use it; what no program needs is in {@link ObjectSpec#warnings()}. Data sections may
 * take {@link #MAX_DATA_BYTES} together.
 *
 * <p>All that libbpf 1.8 and cilium/ebpf 0.22 take in is taken in, and what tc, gobpf and old compilers made.
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
        BtfMaps typed = BtfMaps.read(sections, types);
        LegacyMaps untyped = LegacyMaps.read(sections);
        MapPlaces maps = MapPlaces.of(typed, untyped);
        DataSections data = DataSections.read(sections, types, maps.arena());
        FunctionTable functions = FunctionTable.read(sections);
        RelocReader relocs = new RelocReader(maps, data, JumpTables.read(sections), externs, functions);
        Programs programs = Programs.read(functions, new FunctionReader(functions, types, relocs))
                .withTails(untyped);
        InitialElements elements = typed.elements(maps, functions, programs);
        untyped.addElements(programs, elements);
        List<MapSpec> all = new ArrayList<>();
        maps.all().forEach(map -> all.add(data.in(elements.in(map))));
        all.addAll(data.maps().values());
        all.addAll(StructOps.read(sections, types, functions, programs));
        return ObjectSpec.builder(name)
                .byteOrder(file.order())
                .license(SmallSections.license(sections))
                .kernelVersion(SmallSections.version(sections))
                .programs(programs.programs())
                .subprograms(programs.subprograms())
                .maps(all)
                .variables(data.variables())
                .externs(externs.all())
                .btf(types.btf())
                .warnings(sections.warnings())
                .build();
    }
}
