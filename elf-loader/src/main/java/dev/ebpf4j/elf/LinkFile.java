package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfExt;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.link.LinkException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the files that the static linker joins.
 *
 * @param name what messages call it
 * @param number its position among the files
 * @param file its sections and symbols
 * @param btf its types as the compiler wrote them, null if it has none
 * @param ext which functions, lines and CO-RE accesses its instructions are; null if it does not say
 */
record LinkFile(
        String name,
        int number,
        ElfFile file,
        @Nullable Btf btf,
        @Nullable BtfExt ext) {
    private static final int REL_BYTES = 16;

    /**
     * A relocation with the numbers that linking needs.
     *
     * @param offset offset in the section that it is for
     * @param symbol number of the symbol
     * @param type number of its kind
     */
    record Rel(long offset, int symbol, int type) {}

    static LinkFile parse(StaticLinker.Input input, int number) {
        try {
            ElfFile file = ElfFile.parse(input.elf());
            Btf btf = null;
            BtfExt ext = null;
            for (ElfSection section : file.sections()) {
                if (section.type() == ElfSection.PROGBITS && section.name().equals(".BTF")) {
                    btf = Btf.parse(section.toArray());
                }
            }
            for (ElfSection section : file.sections()) {
                if (btf != null
                        && section.type() == ElfSection.PROGBITS
                        && section.name().equals(".BTF.ext")) {
                    ext = BtfExt.parse(section.toArray(), btf);
                }
            }
            return new LinkFile(input.name(), number, file, btf, ext);
        } catch (ElfFormatException e) {
            throw e.in(input.name());
        } catch (BtfFormatException e) {
            throw e.in(input.name());
        }
    }

    /** Returns the relocations for a section, in the order of the file. */
    List<Rel> relocations(ElfSection target) {
        List<Rel> all = new ArrayList<>();
        for (ElfSection section : file.relocationsOf().getOrDefault(target.index(), List.of())) {
            if (section.type() == ElfSection.RELA) {
                throw error(section, "has relocations with addends (SHT_RELA); BPF uses SHT_REL");
            }
            section.checkEntries(REL_BYTES);
            ByteBuffer in = section.bytes();
            for (int at = 0; at < in.capacity(); at += REL_BYTES) {
                long info = in.getLong(at + 8);
                int symbol = (int) (info >>> 32);
                if (symbol < 0 || symbol >= file.symbols().size()) {
                    throw error(
                            section,
                            "has a relocation at " + at + " to symbol " + Integer.toUnsignedString(symbol) + " of "
                                    + file.symbols().size());
                }
                all.add(new Rel(in.getLong(at), symbol, (int) info));
            }
        }
        return all;
    }

    LinkException error(ElfSection section, String what) {
        return new LinkException("'" + name + "': section '" + section.name() + "' " + what);
    }

    @Override
    public String toString() {
        return "'" + name + "'";
    }
}
