package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import java.util.ArrayList;
import java.util.List;

/** tmp */
final class LinkTypesExt {
    private final BtfBuilder types;

    LinkTypesExt(List<LinkFile> files, LinkLayout layout, List<int[]> ids, BtfBuilder types) {
        this.types = types;
    }

    List<ElfImage.Section> sections() {
        List<ElfImage.Section> sections = new ArrayList<>();
        Btf btf = types.build();
        byte[] bytes = btf.toBytes();
        sections.add(new ElfImage.Section(".BTF", 1, 0, 4, 0, bytes.length, bytes, List.of()));
        return sections;
    }
}
