/**
 * Compares ebpf4j with the tools it has to agree with: libbpf, bpftool and LLVM's disassembler.
 *
 * <p>Start reading at {@link dev.ebpf4j.oracle.LibbpfTest}.
 *
 * <p>Not here: what only the kernel can judge, which is in {@code dev.ebpf4j.test}.
 */
@NullMarked
package dev.ebpf4j.oracle;

import org.jspecify.annotations.NullMarked;
