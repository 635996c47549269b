/**
 * Instructions of the BPF virtual machine: records, codec, assembler, disassembler.
 *
 * <p>Start reading at {@link dev.ebpf4j.insn.Insn}, then {@link dev.ebpf4j.insn.Code}.
 *
 * <p>Not here: relocations (spec), their resolution (link).
 */
@NullMarked
package dev.ebpf4j.insn;

import org.jspecify.annotations.NullMarked;
