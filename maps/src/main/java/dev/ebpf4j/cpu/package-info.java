/**
 * The CPUs of this machine.
 *
 * <p>Start reading at {@link dev.ebpf4j.cpu.CpuList}.
 *
 * <p>Not here: what is kept per CPU ({@link dev.ebpf4j.maps}, {@link dev.ebpf4j.rings}). Not exported.
 */
@NullMarked
package dev.ebpf4j.cpu;

import org.jspecify.annotations.NullMarked;
