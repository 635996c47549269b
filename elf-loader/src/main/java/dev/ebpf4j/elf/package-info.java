/**
 * Reads BPF object files: the bytes of an ELF file become an {@link dev.ebpf4j.spec.ObjectSpec}, without a question to the
 * machine.
 *
 * <p>Start reading at {@link dev.ebpf4j.elf.ElfReader}: one line per stage, one class per kind of section.
 *
 * <p>Not here: making object files (clang), fitting them to a kernel (link), loading them (kernel).
 */
@NullMarked
package dev.ebpf4j.elf;

import org.jspecify.annotations.NullMarked;
