package dev.ebpf4j.insn;

/**
 * A 32-bit immediate operand. Wide instructions sign-extend it to 64 bits.
 *
 * @param value as stored in the slot
 */
public record Imm(int value) implements Operand {}
