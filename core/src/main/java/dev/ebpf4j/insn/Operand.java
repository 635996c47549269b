package dev.ebpf4j.insn;

/** The second operand of an arithmetic instruction or a conditional jump: a register or an immediate. */
public sealed interface Operand permits Reg, Imm {}
