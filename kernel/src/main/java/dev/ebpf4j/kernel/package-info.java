/**
 * Questions the running kernel, loads plans into it, and holds what it made of them.
 *
 * <p>Start reading at {@link dev.ebpf4j.kernel.BpfLoader}, then {@link dev.ebpf4j.kernel.LoadedObject};
 * {@link dev.ebpf4j.kernel.KernelInfo} is the one place that asks what this machine is like.
 *
 * <p>Not here: deciding what to load and in which order (plan), map contents (maps), where to attach (attach).
 */
@NullMarked
package dev.ebpf4j.kernel;

import org.jspecify.annotations.NullMarked;
