package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfExt;
import org.jspecify.annotations.Nullable;

/**
 * The type information of an object, its data sections completed.
 *
 * @param btf the types, null if the object has none
 * @param ext which functions, lines and CO-RE accesses the instructions are; null if the object does not say
 */
record TypeInfo(@Nullable Btf btf, @Nullable BtfExt ext) {
    static TypeInfo read(Sections sections) {
        ElfSection section = sections.one(SectionKind.BTF).orElse(null);
        if (section == null) {
            return new TypeInfo(null, null);
        }
        Btf parsed = Btf.parse(section.toArray());
        if (!parsed.byteOrder().equals(sections.file().order())) {
            throw section.error(0, "types in " + parsed.byteOrder() + " byte order", "that of the file");
        }
        Btf btf = new DataSecFixer(sections.file(), parsed).fix();
        BtfExt ext = sections.one(SectionKind.BTF_EXT)
                .map(extSection -> BtfExt.parse(extSection.toArray(), btf))
                .orElse(null);
        return new TypeInfo(btf, ext);
    }
}
