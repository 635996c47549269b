package dev.ebpf4j.insn;

/**
 * An instruction that must be patched once something outside the code is known: a map's fd, a kernel symbol's id.
 *
 * @param slot the instruction's first slot
 * @param symbol the name of what it needs
 */
public record SymbolRef(int slot, String symbol) {}
