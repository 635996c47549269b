/**
 * JUnit support for code that talks to the kernel's BPF.
 *
 * <p>Start reading at {@link dev.ebpf4j.test.RequiresBpf}.
 *
 * <p>Not here: loading and attaching; tests use the same calls as applications.
 */
@NullMarked
package dev.ebpf4j.test;

import org.jspecify.annotations.NullMarked;
