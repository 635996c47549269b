package dev.ebpf4j.spec;

/**
 * Something the object uses and the kernel provides.
 *
 * @param name name as written in the source, flavour included
 * @param kind where it is looked for
 * @param weak whether the object can live without it
 * @param typeId BTF id of its type (for functions: of the FUNC), 0 if it has none
 * @param size size in bytes, 0 if it has no type
 */
public record ExternSpec(String name, Kind kind, boolean weak, int typeId, int size) {
    /** Where an extern is looked for. */
    public enum Kind {
        /** A kernel configuration value, or a virtual one such as {@code LINUX_KERNEL_VERSION}. */
        KCONFIG,
        /** A kernel symbol, with a type in kernel BTF or by address alone. */
        KSYM,
        /** A kernel function that programs may call. */
        KFUNC
    }
}
