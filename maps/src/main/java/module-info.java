/** Live maps: byte-level handles, typed views, global variables, ring buffers. */
module dev.ebpf4j.maps {
    requires static transitive org.jspecify;
    requires transitive dev.ebpf4j.core;
    requires dev.ebpf4j.sys;

    exports dev.ebpf4j.codec;
    exports dev.ebpf4j.cpu to
            dev.ebpf4j.kernel;
    exports dev.ebpf4j.maps;
    exports dev.ebpf4j.rings;
}
