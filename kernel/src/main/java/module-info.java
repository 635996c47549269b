/** What questions the running kernel and loads into it. */
module dev.ebpf4j.kernel {
    requires static transitive org.jspecify;
    requires transitive dev.ebpf4j.core;
    requires transitive dev.ebpf4j.maps;
    requires dev.ebpf4j.sys;

    exports dev.ebpf4j.attach;
    exports dev.ebpf4j.kernel;
}
