package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfExt;
import dev.ebpf4j.btf.BtfExtBuilder;
import dev.ebpf4j.btf.BtfMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Makes the merged types small, and moves what the inputs say about their instructions along. */
final class LinkTypesExt {
    private static final int ALIGN = 8;

    private final LinkLayout layout;
    private final List<int[]> ids;
    private final BtfMapping small;
    private final BtfBuilder types;
    private final BtfExtBuilder ext;

    /**
     * @param ids per file, the id in {@code merged} of each of its types
     */
    LinkTypesExt(LinkLayout layout, List<int[]> ids, Btf merged) {
        this.layout = layout;
        this.ids = ids;
        this.small = merged.dedup();
        this.types = BtfBuilder.of(small.btf());
        this.ext = new BtfExtBuilder(types);
    }

    List<ElfImage.Section> sections() {
        boolean any = false;
        for (LinkLayout.Out out : layout.sections()) {
            for (LinkLayout.Piece piece : out.pieces()) {
                any |= add(piece);
            }
        }
        byte[] extBytes = ext.toBytes();
        List<ElfImage.Section> sections = new ArrayList<>();
        sections.add(section(".BTF", types.toBytes()));
        if (any) {
            sections.add(section(".BTF.ext", extBytes));
        }
        return sections;
    }

    private boolean add(LinkLayout.Piece piece) {
        Btf btf = piece.file().btf();
        BtfExt records = piece.file().ext();
        if (btf == null || records == null || !piece.section().executable()) {
            return false;
        }
        int[] own = ids.get(piece.file().number());
        IntUnaryOperator map = id -> small.ids().applyAsInt(own[id]);
        String name = piece.section().name();
        ext.addAll(records, btf, map, new BtfExtBuilder.Place(name, name, (int) piece.offset()));
        return records.sections().contains(name);
    }

    private static ElfImage.Section section(String name, byte[] bytes) {
        return new ElfImage.Section(name, ElfSection.PROGBITS, 0, ALIGN, 0, bytes.length, bytes, List.of());
    }
}
