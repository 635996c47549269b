package dev.ebpf4j.elf;

/**
 * One relocation. Its type number is left out: the instruction and the symbol say what is meant.
 *
 * @param offset offset in the section that it is for, in bytes
 * @param symbol what it refers to
 */
record ElfReloc(int offset, ElfSymbol symbol) {}
