/** For tests of BPF programs on a real kernel. */
module dev.ebpf4j.test {
    requires static transitive org.jspecify;
    requires transitive dev.ebpf4j.elf;
    requires transitive dev.ebpf4j.kernel;
    requires transitive org.junit.jupiter.api;

    exports dev.ebpf4j.test;
}
