/** A clang to take along: unpacks the one in {@code org.bytedeco:llvm}. */
module dev.ebpf4j.clang.llvm {
    requires static transitive org.jspecify;
    requires dev.ebpf4j.elf;

    provides dev.ebpf4j.clang.ClangProvider with
            dev.ebpf4j.clang.llvm.BytedecoClang;
}
