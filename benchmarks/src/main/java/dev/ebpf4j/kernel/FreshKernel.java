package dev.ebpf4j.kernel;

import dev.ebpf4j.sys.Sys;
import java.nio.file.Path;

/** Kernels of which nothing is known yet: {@link KernelInfo#detect} keeps what it has learned. For benchmarks only. */
public final class FreshKernel {
    private FreshKernel() {}

    /** {@return the running kernel, with nothing known of it} */
    public static KernelInfo get() {
        return new KernelInfo(Sys.host(), Path.of("/"));
    }
}
