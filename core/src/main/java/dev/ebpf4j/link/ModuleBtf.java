package dev.ebpf4j.link;

import java.util.Objects;

/**
 * A kernel module, as its types are known to the kernel.
 *
 * @param name name of the module
 * @param id the kernel's number of its BTF, by which it is opened; not used again after the module is gone
 */
public record ModuleBtf(String name, int id) {
    /** Checks that there is a name. */
    public ModuleBtf {
        Objects.requireNonNull(name);
    }

    @Override
    public String toString() {
        return "module " + name + " (BTF " + id + ")";
    }
}
