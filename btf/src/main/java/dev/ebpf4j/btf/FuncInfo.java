package dev.ebpf4j.btf;

/**
 * Which function starts at an instruction.
 *
 * @param insnOffset byte offset of the instruction in its ELF section, a multiple of 8
 * @param typeId its {@link BtfType.Func}
 */
public record FuncInfo(int insnOffset, int typeId) {}
