/**
 * Fits a spec to one kernel: CO-RE, kconfig, ksyms, kfuncs, subprograms, map slots.
 *
 * <p>Start reading at {@link dev.ebpf4j.link.ObjectLinker}: the list of passes.
 *
 * <p>Not here: questions to the machine (kernel answers them as {@link dev.ebpf4j.link.LinkInputs}), the order of system calls (plan).
 */
@NullMarked
package dev.ebpf4j.link;

import org.jspecify.annotations.NullMarked;
