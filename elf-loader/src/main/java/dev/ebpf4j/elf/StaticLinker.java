package dev.ebpf4j.elf;

import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.link.LinkException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins several object files into one, as {@code bpftool gen object} does: sections of one name stand one behind the other,
 * declarations meet their definitions, weak definitions yield to strong ones, and the types become one deduplicated table.
 * Pure: the same inputs give the same bytes on any machine. Safe for any number of threads.
 *
 * <p>What bpftool lets through is an error here: an {@code extern} map whose declaration differs from the definition in any
 * field, {@code map_extra} included.
 */
public final class StaticLinker {
    private StaticLinker() {}

    /**
     * An object file to be linked.
     *
     * @param name what messages call it
     * @param elf the whole file; not copied, and not to be changed while linking
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy would double the memory
    public record Input(String name, byte[] elf) {}

    /**
     * {@return the file that holds everything of all inputs}
     *
     * @param inputs at least one object file, all of one byte order; the order of sections and symbols follows theirs
     * @throws ElfFormatException if an input is no object file, or breaks the format
     * @throws BtfFormatException if the type information of an input breaks the format
     * @throws LinkException if the inputs contradict each other: two strong definitions, a declaration of another type, other
     *     licences
     */
    public static byte[] link(List<Input> inputs) {
        List<LinkFile> files = parse(inputs);
        ByteOrder order = files.getFirst().file().order();
        LinkLayout layout = LinkLayout.of(files);
        LinkSymbols symbols = LinkSymbols.resolve(files, layout);
        List<ElfImage.Section> types = LinkTypes.merge(files, layout, symbols);
        LinkContents contents = new LinkContents(order, layout, symbols);
        List<ElfImage.Section> sections = new ArrayList<>();
        layout.sections().forEach(out -> sections.add(contents.section(out)));
        sections.addAll(types);
        return ElfWriter.write(new ElfImage(order, sections, symbols.table()));
    }

    private static List<LinkFile> parse(List<Input> inputs) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("no files to link");
        }
        List<LinkFile> files = new ArrayList<>();
        for (Input input : inputs) {
            LinkFile file = LinkFile.parse(input, files.size());
            ByteOrder order = file.file().order();
            if (!files.isEmpty() && !order.equals(files.getFirst().file().order())) {
                throw new LinkException(file + " is " + order + ", " + files.getFirst() + " is not; "
                        + "all objects have to be for machines of one byte order");
            }
            files.add(file);
        }
        return files;
    }
}
