/** Specs, instructions, linking and load plans: everything that needs no kernel. */
module dev.ebpf4j.core {
    requires static transitive org.jspecify;
    requires transitive dev.ebpf4j.btf;

    exports dev.ebpf4j.insn;
}
