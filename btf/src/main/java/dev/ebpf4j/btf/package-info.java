/**
 * BTF: the kernel's type information, read, searched, matched, written and printed as C.
 *
 * <p>Start reading at {@link dev.ebpf4j.btf.Btf}.
 *
 * <p>Not here: ELF, instructions, anything that asks the running kernel.
 */
@NullMarked
package dev.ebpf4j.btf;

import org.jspecify.annotations.NullMarked;
