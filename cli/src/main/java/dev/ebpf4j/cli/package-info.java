/**
 * The command {@code ebpf4j}: options in, library calls, tables or JSON out.
 *
 * <p>Start reading at {@link dev.ebpf4j.cli.Main}, then {@link dev.ebpf4j.cli.ObjectCommand}.
 *
 * <p>Not here: knowledge about objects or kernels. What a command needs to know, a library module tells it.
 */
@NullMarked
package dev.ebpf4j.cli;

import org.jspecify.annotations.NullMarked;
