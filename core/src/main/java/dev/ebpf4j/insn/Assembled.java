package dev.ebpf4j.insn;

import java.util.List;
import java.util.Map;

/**
 * What an {@link Assembler} built.
 *
 * @param code the instructions, with all labels resolved
 * @param symbols the instructions that still need something by name, in code order
 * @param labels where each bound label is, by slot number
 */
public record Assembled(Code code, List<SymbolRef> symbols, Map<Label, Integer> labels) {
    /** Copies the collections. */
    public Assembled {
        symbols = List.copyOf(symbols);
        labels = Map.copyOf(labels);
    }
}
