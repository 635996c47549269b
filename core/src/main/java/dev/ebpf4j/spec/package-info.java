/**
 * What we want the kernel to hold: objects, programs, maps, variables, as immutable values.
 *
 * <p>Start reading at {@link dev.ebpf4j.spec.ObjectSpec}.
 *
 * <p>Not here: how a spec is read from ELF (elf-loader), fitted to a kernel (link), or created (plan, kernel).
 */
@NullMarked
package dev.ebpf4j.spec;

import org.jspecify.annotations.NullMarked;
