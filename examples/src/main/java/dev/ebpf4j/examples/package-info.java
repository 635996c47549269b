/**
 * Programs to run and to read: the SDK as an application uses it.
 *
 * <p>Start reading at {@link dev.ebpf4j.examples.Bootstrap}; its C side is {@code src/main/bpf/bootstrap.bpf.c}.
 *
 * <p>Not here: anything that an application could reuse; that belongs into a module.
 */
@NullMarked
package dev.ebpf4j.examples;

import org.jspecify.annotations.NullMarked;
