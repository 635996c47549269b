/** BTF type information: reader, index, CO-RE matching, writer, C printer. */
module dev.ebpf4j.btf {
    requires static transitive org.jspecify;

    exports dev.ebpf4j.btf;
}
