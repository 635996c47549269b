package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import org.jspecify.annotations.Nullable;

/**
 * A type that the kernel has.
 *
 * @param btf the BTF that shows it
 * @param id its id there
 * @param module the module that it belongs to; null for the kernel proper
 */
record KernelType(Btf btf, int id, @Nullable ModuleBtf module) {
    /** Who has the type, in words. */
    String owner() {
        return module == null ? "the kernel" : "module " + module.name();
    }
}
