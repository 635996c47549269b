package dev.ebpf4j.link;

import dev.ebpf4j.btf.CoReReason;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.SourceLine;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program on its way to the kernel: its entry function with all callees appended, in slots of the whole program.
 *
 * @param spec the program as the object wanted it
 * @param code all instructions
 * @param relocs what is still to be patched, by ascending slot; empty once linked
 * @param functions where each function begins, by ascending slot; empty without function information
 * @param lines source lines, by ascending slot; empty without line information
 * @param mapUses instructions that take a map's file descriptor, by ascending slot
 * @param poisons instructions that must never be reached, with the reason
 * @param moduleUses instructions that take the BTF of a kernel module, by ascending slot
 * @param target what the program is verified for, where its type needs that told
 */
public record LinkedProgram(
        ProgramSpec spec,
        Code code,
        List<Reloc> relocs,
        List<FunctionStart> functions,
        List<SourceLine> lines,
        List<MapUse> mapUses,
        List<Poison> poisons,
        List<ModuleUse> moduleUses,
        Target target) {

    /**
     * The beginning of a function.
     *
     * @param slot its first slot
     * @param typeId BTF id of its FUNC in the object's BTF
     */
    public record FunctionStart(int slot, int typeId) {}

    /**
     * A 64-bit load whose first immediate becomes a map's file descriptor; all else about it is already in the code.
     *
     * @param slot its first slot
     * @param map index into {@link LinkedObject#maps()}
     */
    public record MapUse(int slot, int map) {}

    /**
     * A call of a module's function, whose offset becomes the place of the module's BTF in the program's list of
     * descriptors; or a 64-bit load of a module's symbol, whose second immediate becomes the BTF's descriptor.
     *
     * @param slot its first slot
     * @param module the module
     */
    public record ModuleUse(int slot, ModuleBtf module) {}

    /**
     * What a program is verified for: a function, a tracepoint, an operation.
     *
     * @param btfId BTF id of it; 0 if there is none
     * @param module the module whose BTF the id is of; null for the kernel proper
     * @param member the place, among the members of the struct that {@code btfId} is, of the function that the program
     *     becomes; {@link #NO_MEMBER} for all but struct_ops
     */
    public record Target(int btfId, @Nullable ModuleBtf module, int member) {
        /** The target is no member of a struct. */
        public static final int NO_MEMBER = -1;

        /** No target. */
        public static final Target NONE = new Target(0, null, NO_MEMBER);

        /** Returns a type of the kernel as a target. */
        static Target of(KernelType type) {
            return new Target(type.id(), type.module(), NO_MEMBER);
        }
    }

    /**
     * An instruction replaced by an invalid call, because this kernel has not what it needs.
     *
     * @param slot the instruction
     * @param missing what this kernel lacks, in a few words
     * @param coRe what CO-RE knows about it, null if it was no CO-RE relocation
     */
    public record Poison(int slot, String missing, @Nullable CoReReason coRe) {
        /** {@return what is missing and which names are close, which may search all of the kernel's types} */
        public String reason() {
            return coRe == null ? missing : coRe.message();
        }
    }

    /** Copies the lists. */
    public LinkedProgram {
        relocs = List.copyOf(relocs);
        functions = List.copyOf(functions);
        lines = List.copyOf(lines);
        mapUses = List.copyOf(mapUses);
        poisons = List.copyOf(poisons);
        moduleUses = List.copyOf(moduleUses);
    }

    /** Returns a program of which nothing is linked yet: the entry function alone. */
    static LinkedProgram of(ProgramSpec spec) {
        FunctionSpec entry = spec.entry();
        return new LinkedProgram(
                spec,
                entry.code(),
                entry.relocs(),
                List.of(),
                entry.lines(),
                List.of(),
                List.of(),
                List.of(),
                Target.NONE);
    }

    /** Returns a copy that is verified for something. */
    LinkedProgram withTarget(Target newTarget) {
        return new LinkedProgram(spec, code, relocs, functions, lines, mapUses, poisons, moduleUses, newTarget);
    }

    /**
     * {@return a copy that is to be loaded as another spec says; the code stays}
     *
     * @param newSpec the other spec
     */
    public LinkedProgram withSpec(ProgramSpec newSpec) {
        return new LinkedProgram(newSpec, code, relocs, functions, lines, mapUses, poisons, moduleUses, target);
    }

    /** {@return the modules that loading the program takes the BTF of, each once} */
    public List<ModuleBtf> modules() {
        Stream<ModuleBtf> used = moduleUses.stream().map(ModuleUse::module);
        return Stream.concat(used, Stream.ofNullable(target.module()))
                .distinct()
                .toList();
    }

    /**
     * {@return a copy with other instructions, as many as before}
     *
     * @param newCode the instructions
     */
    public LinkedProgram withCode(Code newCode) {
        return withCode(newCode, mapUses, poisons);
    }

    /**
     * {@return a copy with other instructions}
     *
     * @param newCode as many slots as before
     * @param newMapUses which of them take a map's file descriptor
     * @param newPoisons which of them must never be reached
     */
    public LinkedProgram withCode(Code newCode, List<MapUse> newMapUses, List<Poison> newPoisons) {
        return new LinkedProgram(spec, newCode, relocs, functions, lines, newMapUses, newPoisons, moduleUses, target);
    }

    /** {@return the program's name} */
    public String name() {
        return spec.name();
    }
}
