package dev.ebpf4j.elf;

import dev.ebpf4j.link.LinkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where each section of each input goes: those of one name stand one behind the other, each at its own alignment.
 *
 * @param sections the sections of the output, in the order of their first appearance
 * @param starts where the sections of the inputs begin
 */
record LinkLayout(List<Out> sections, Map<Key, Place> starts) {
    /** A section of an input. */
    private record Key(int file, int section) {}

    /** Every object has its own; they say the same or can't be linked. */
    private static final Set<String> SINGLE = Set.of("license", "version");

    /** The order of what stands in one section of the output. */
    static final class Out {
        private final int index;
        private final ElfSection first;
        private final List<Piece> pieces = new ArrayList<>();
        private long size;
        private long align = 1;
        private boolean stored;

        private Out(int index, ElfSection first) {
            this.index = index;
            this.first = first;
        }

        int index() {
            return index;
        }

        String name() {
            return first.name();
        }

        List<Piece> pieces() {
            return pieces;
        }

        long size() {
            return size;
        }

        boolean executable() {
            return first.executable();
        }

        ElfImage.Section image(byte[] bytes, List<ElfImage.Relocation> relocations) {
            int type = stored ? ElfSection.PROGBITS : ElfSection.NOBITS;
            byte[] kept = stored ? bytes : new byte[0];
            return new ElfImage.Section(name(), type, first.flags(), align, first.entrySize(), size, kept, relocations);
        }

        private void add(LinkFile file, ElfSection section) {
            if (section.flags() != first.flags() || section.entrySize() != first.entrySize()) {
                Piece other = pieces.getFirst();
                throw new LinkException("section '" + name() + "' has flags 0x" + Long.toHexString(section.flags())
                        + " in " + file + " and 0x" + Long.toHexString(first.flags()) + " in " + other.file()
                        + ": one section can't be both");
            }
            if (!pieces.isEmpty() && SINGLE.contains(name())) {
                checkSame(file, section, pieces.getFirst());
                pieces.add(new Piece(file, section, 0));
                return;
            }
            long offset = (size + section.align() - 1) / section.align() * section.align();
            align = Math.max(align, section.align());
            size = offset + section.size();
            stored |= section.type() != ElfSection.NOBITS;
            if (size > ElfReader.MAX_DATA_BYTES) {
                throw new LinkException("section '" + name() + "' grows beyond " + ElfReader.MAX_DATA_BYTES + " bytes");
            }
            pieces.add(new Piece(file, section, offset));
        }

        private static void checkSame(LinkFile file, ElfSection section, Piece other) {
            if (!Arrays.equals(section.toArray(), other.section().toArray())) {
                throw new LinkException("section '" + section.name() + "' of " + file + " differs from that of "
                        + other.file() + "; one object has one " + section.name());
            }
        }
    }

    /**
     * A section of an input at its place.
     *
     * @param file the input
     * @param section its section
     * @param offset offset in the section of the output, in bytes
     */
    record Piece(LinkFile file, ElfSection section, long offset) {}

    /** A place in the output. */
    record Place(Out section, long offset) {}

    static LinkLayout of(List<LinkFile> files) {
        Map<String, Out> byName = new LinkedHashMap<>();
        for (LinkFile file : files) {
            for (ElfSection section : file.file().sections()) {
                if (kept(section)) {
                    checkAlign(file, section);
                    byName.computeIfAbsent(section.name(), name -> new Out(byName.size(), section))
                            .add(file, section);
                }
            }
        }
        Map<Key, Place> starts = new HashMap<>();
        for (Out out : byName.values()) {
            for (Piece piece : out.pieces()) {
                Key key = new Key(piece.file().number(), piece.section().index());
                starts.put(key, new Place(out, piece.offset()));
            }
        }
        return new LinkLayout(List.copyOf(byName.values()), starts);
    }

    /** Returns where a byte of an input's section stands in the output; null if its section is left out. */
    @Nullable
    Place place(LinkFile file, int section, long offset) {
        Place start = starts.get(new Key(file.number(), section));
        return start == null ? null : new Place(start.section(), start.offset() + offset);
    }

    /** Returns whether a symbol stands in a section that every object has and the output has once. */
    static boolean single(LinkFile file, ElfSymbol symbol) {
        return file.file()
                .section(symbol.section())
                .filter(section -> SINGLE.contains(section.name()))
                .isPresent();
    }

    private static void checkAlign(LinkFile file, ElfSection section) {
        if (Long.bitCount(section.align()) != 1 || section.align() > 1 << 20) {
            throw file.error(section, "has the alignment " + Long.toUnsignedString(section.align()));
        }
    }

    /** Types are merged by themselves; tables are made anew; what debuggers read is left out, as libbpf's linker does. */
    private static boolean kept(ElfSection section) {
        boolean contents = section.type() == ElfSection.PROGBITS || section.type() == ElfSection.NOBITS;
        return contents
                && !section.name().equals(".BTF")
                && !section.name().equals(".BTF.ext")
                && !section.name().startsWith(".debug")
                && (section.size() > 0 || !section.executable());
    }
}
