/** System calls through FFM; the only module that needs native access. */
module dev.ebpf4j.sys {
    requires static transitive org.jspecify;

    exports dev.ebpf4j.sys to
            dev.ebpf4j.maps,
            dev.ebpf4j.kernel;
}
