package dev.ebpf4j.spec;

import dev.ebpf4j.insn.Code;
import java.util.List;

/**
 * One function: its own code, before any callee is appended.
 *
 * @param id where the function stood, and what calls refer to
 * @param name symbol name
 * @param linkage how the verifier and the static linker see it
 * @param code the function's instructions
 * @param relocs what must be patched, by ascending slot of {@code code}
 * @param typeId BTF id of the FUNC, 0 without function information
 * @param lines source lines, by ascending slot of {@code code}; empty without line information
 */
public record FunctionSpec(
        FunctionId id,
        String name,
        Linkage linkage,
        Code code,
        List<Reloc> relocs,
        int typeId,
        List<SourceLine> lines) {

    /** How a function is bound. */
    public enum Linkage {
        /** Verified together with its callers. */
        STATIC,
        /** Verified by itself. */
        GLOBAL,
        /** Global; another object's definition of the name replaces it. */
        WEAK
    }

    /** Copies the lists. */
    public FunctionSpec {
        relocs = List.copyOf(relocs);
        lines = List.copyOf(lines);
    }
}
