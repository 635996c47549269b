package dev.ebpf4j.maps;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.spec.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel gets, beside the shape, to create a map; for the loader.
 *
 * @param kernelName the name for the kernel, of which it gets the first 15 bytes; empty for none
 * @param btf what the spec's type ids refer to, or null
 * @param btfFd {@code btf} as loaded into the kernel, or 0 to keep the types from the kernel
 * @param innerFd the template of the maps inside, or 0
 * @param tokenFd what gives the right to create it, or 0 for the rights of the process
 * @param exclusiveTo hash of the only program that may use it, empty if all may
 */
public record MapCreation(
        String kernelName, @Nullable Btf btf, int btfFd, int innerFd, int tokenFd, Bytes exclusiveTo) {
    /** Without a name, types and all else. */
    static final MapCreation PLAIN = new MapCreation("", null, 0, 0, 0, Bytes.EMPTY);
}
