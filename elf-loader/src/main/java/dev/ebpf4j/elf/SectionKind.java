package dev.ebpf4j.elf;

/** What a section is for, told by its name, type and flags alone. */
enum SectionKind {
    LICENSE,
    VERSION,
    /** Definitions of maps, by types: {@code .maps}. */
    MAPS,
    /** Instructions. */
    CODE,
    /** Writable global variables: {@code .data*}. */
    DATA,
    /** Constants: {@code .rodata*}. */
    RODATA,
    /** Global variables that start as zeros: {@code .bss*}. */
    BSS,
    BTF,
    BTF_EXT,
    /** Maps defined by a struct, without types: {@code maps}, {@code maps/name}, {@code program/maps}. */
    LEGACY_MAPS,
    /** Tables of programs that implement a kernel interface. */
    STRUCT_OPS,
    /** Global variables in an arena. */
    ARENA,
    /** Targets of indirect jumps. */
    JUMP_TABLES,
    /** All else: debug information, string tables, notes. Loaders skip it. */
    IGNORED;

    static SectionKind of(ElfSection section) {
        if (section.type() == ElfSection.NOBITS) {
            return named(section, ".bss") ? BSS : IGNORED;
        }
        if (section.type() != ElfSection.PROGBITS) {
            return IGNORED;
        }
        return switch (section.name()) {
            case "license" -> LICENSE;
            case "version" -> VERSION;
            case ".maps" -> MAPS;
            case ".BTF" -> BTF;
            case ".BTF.ext" -> BTF_EXT;
            default -> section.size() == 0 ? IGNORED : byContents(section);
        };
    }

    private static SectionKind byContents(ElfSection section) {
        if (section.executable()) {
            return CODE;
        }
        return switch (section.name()) {
            case ".struct_ops", ".struct_ops.link", "?.struct_ops", "?.struct_ops.link" -> STRUCT_OPS;
            case ".addr_space.1" -> ARENA;
            case ".jumptables" -> JUMP_TABLES;
            default -> {
                if (named(section, ".data")) {
                    yield DATA;
                }
                if (named(section, ".rodata")) {
                    yield RODATA;
                }
                yield holdsLegacyMaps(section.name()) ? LEGACY_MAPS : IGNORED;
            }
        };
    }

    /** Returns whether a section without a meaning may hold variables all the same, if instructions refer to it. */
    static boolean mayBeData(ElfSection section) {
        boolean filled = section.type() == ElfSection.PROGBITS || section.type() == ElfSection.NOBITS;
        return filled
                && section.allocated()
                && section.size() > 0
                && !section.name().isEmpty();
    }

    /** Returns the kind of a section with a name of its own that does hold variables. */
    static SectionKind ofData(ElfSection section) {
        if (section.type() == ElfSection.NOBITS) {
            return BSS;
        }
        return section.writable() ? DATA : RODATA;
    }

    private static boolean holdsLegacyMaps(String name) {
        return name.equals("maps") || name.startsWith("maps/") || name.endsWith("/maps");
    }

    /** Returns whether a section has this name, or this name with a dot and more behind it. */
    private static boolean named(ElfSection section, String name) {
        return section.name().equals(name) || section.name().startsWith(name + ".");
    }
}
