package dev.ebpf4j.link;

import dev.ebpf4j.btf.CoReReason;
import dev.ebpf4j.insn.CodeEditor;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.link.LinkedProgram.ModuleUse;
import dev.ebpf4j.link.LinkedProgram.Poison;
import dev.ebpf4j.spec.Reloc;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Scratch state of a pass that walks one program's relocations: each is either resolved by patching the code, or kept
 * for a later pass. For one thread.
 */
final class ProgramPatcher {
    /** Opcode of a call, the instruction that poison is made of. */
    static final int CALL = 0x85;

    private final LinkedProgram program;
    private final CodeEditor code;
    private final List<Reloc> kept = new ArrayList<>();
    private final List<MapUse> mapUses;
    private final List<Poison> poisons;
    private final List<ModuleUse> moduleUses;

    ProgramPatcher(LinkedProgram program) {
        this.program = program;
        this.code = program.code().edit();
        this.mapUses = new ArrayList<>(program.mapUses());
        this.poisons = new ArrayList<>(program.poisons());
        this.moduleUses = new ArrayList<>(program.moduleUses());
    }

    /** Resolves all relocations of one kind, and leaves the others to later passes. */
    static <R extends Reloc> LinkedProgram resolve(
            LinkedProgram program, Class<R> kind, BiConsumer<ProgramPatcher, R> resolver) {
        ProgramPatcher patcher = new ProgramPatcher(program);
        for (Reloc reloc : program.relocs()) {
            if (kind.isInstance(reloc)) {
                resolver.accept(patcher, kind.cast(reloc));
            } else {
                patcher.keep(reloc);
            }
        }
        return patcher.done();
    }

    /** The code as patched so far. */
    CodeEditor code() {
        return code;
    }

    /** Leaves a relocation to a later pass. */
    void keep(Reloc reloc) {
        kept.add(reloc);
    }

    /** Checks that a 64-bit immediate load stands in a slot, and returns that slot. */
    int wideLoad(Reloc reloc) {
        int slot = checkedSlot(reloc);
        if (!Slots.isLoadImm64(code.slot(slot)) || slot + 1 >= code.size()) {
            throw bad(
                    slot,
                    "expected a 64-bit immediate load, found opcode 0x%02x".formatted(Slots.opcode(code.slot(slot))));
        }
        return slot;
    }

    /** Checks that a call stands in a slot, and returns that slot. */
    int call(Reloc reloc) {
        int slot = checkedSlot(reloc);
        if (Slots.opcode(code.slot(slot)) != CALL) {
            throw bad(slot, "expected a call, found opcode 0x%02x".formatted(Slots.opcode(code.slot(slot))));
        }
        return slot;
    }

    /** Returns the slot of a relocation, which is inside the code. */
    int checkedSlot(Reloc reloc) {
        if (reloc.slot() < 0 || reloc.slot() >= code.size()) {
            throw bad(reloc.slot(), "a relocation outside the program's " + code.size() + " instructions");
        }
        return reloc.slot();
    }

    /** Makes a wide load one of what {@code pseudo} says, with these two immediates. */
    void setWideLoad(int slot, int pseudo, int first, int second) {
        code.setSrc(slot, pseudo).setImm(slot, first).setImm(slot + 1, second);
    }

    /** Has a wide load's first immediate become a map's file descriptor. */
    void useMap(int slot, int map) {
        mapUses.add(new MapUse(slot, map));
    }

    /** Has a call's offset, or a wide load's second immediate, lead to a module's BTF; null for the kernel's own. */
    void useModule(int slot, @Nullable ModuleBtf module) {
        if (module != null) {
            moduleUses.add(new ModuleUse(slot, module));
        }
    }

    /** Replaces an instruction by a call of a helper that no kernel has: an error unless it is never reached. */
    void poison(int slot, int helper, String reason) {
        poison(slot, helper, new Poison(slot, reason, null));
    }

    /** Does the same for something that CO-RE did not find. */
    void poison(int slot, int helper, CoReReason reason) {
        poison(slot, helper, new Poison(slot, reason.subject(), reason));
    }

    private void poison(int slot, int helper, Poison poison) {
        boolean wide = Slots.isLoadImm64(code.slot(slot)) && slot + 1 < code.size();
        code.setSlot(slot, Slots.of(CALL, 0, 0, 0, helper));
        if (wide) {
            code.setSlot(slot + 1, Slots.of(CALL, 0, 0, 0, helper));
        }
        poisons.add(poison);
    }

    /** An error at one instruction of this program. */
    LinkException bad(int slot, String what) {
        return new LinkException("program '" + program.name() + "', instruction " + slot + ": " + what);
    }

    /** Returns the program as patched. */
    LinkedProgram done() {
        mapUses.sort(Comparator.comparingInt(MapUse::slot));
        poisons.sort(Comparator.comparingInt(Poison::slot));
        moduleUses.sort(Comparator.comparingInt(ModuleUse::slot));
        return new LinkedProgram(
                program.spec(),
                code.toCode(),
                kept,
                program.functions(),
                program.lines(),
                mapUses,
                poisons,
                moduleUses,
                program.target());
    }
}
