/** Object files: ELF bytes to specs and back, and the clang that makes them from C. */
module dev.ebpf4j.elf {
    requires static transitive org.jspecify;
    requires transitive dev.ebpf4j.core;

    exports dev.ebpf4j.clang;
    exports dev.ebpf4j.elf;

    uses dev.ebpf4j.clang.ClangProvider;
}
