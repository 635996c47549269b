/** JUnit support for programs that need a kernel, and the tests of ebpf4j that need one. */
module dev.ebpf4j.test {
    requires static transitive org.jspecify;
    requires transitive dev.ebpf4j.kernel;
    requires transitive dev.ebpf4j.elf;
    requires transitive org.junit.jupiter.api;

    exports dev.ebpf4j.test;
}
