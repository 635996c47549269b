/**
 * The compiler driver: finds a clang, gives it C and our headers, takes back object bytes or diagnostics.
 *
 * <p>Start reading at {@link dev.ebpf4j.clang.Clang#compile}.
 *
 * <p>Not here: reading the object ({@code dev.ebpf4j.elf}), printing types as C ({@code dev.ebpf4j.btf}).
 */
@NullMarked
package dev.ebpf4j.clang;

import org.jspecify.annotations.NullMarked;
