/** Specs, instructions, linking and load plans: everything that needs no kernel. */
module dev.ebpf4j.core {
    requires static transitive org.jspecify;
    requires transitive dev.ebpf4j.btf;

    exports dev.ebpf4j.error;
    exports dev.ebpf4j.insn;
    exports dev.ebpf4j.link;
    exports dev.ebpf4j.plan;
    exports dev.ebpf4j.spec;
}
