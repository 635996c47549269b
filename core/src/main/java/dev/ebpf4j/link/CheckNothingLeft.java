package dev.ebpf4j.link;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;

/** Makes sure that what leaves the linker is whole: nothing unresolved, no call or wide load that ends outside. */
final class CheckNothingLeft implements Pass {
    /** {@code BPF_COMPLEXITY_LIMIT_INSNS}: no kernel takes a longer program. */
    private static final int MAX_SLOTS = 1_000_000;

    private static final int PSEUDO_CALL = 1;

    @Override
    public LinkedObject apply(LinkedObject object) {
        object.programs().forEach(CheckNothingLeft::check);
        return object;
    }

    /** Refuses a program that no kernel would take for its size alone. */
    static void checkSize(String program, int slots) {
        if (slots > MAX_SLOTS) {
            throw new LinkException(
                    "program '" + program + "' has more than " + MAX_SLOTS + " instructions, the kernel's limit");
        }
    }

    private static void check(LinkedProgram program) {
        if (!program.relocs().isEmpty()) {
            throw bad(
                    program,
                    program.relocs().getFirst().slot(),
                    "is not resolved: " + program.relocs().getFirst());
        }
        Code code = program.code();
        if (code.isEmpty()) {
            throw new LinkException("program '" + program.name() + "' has no instructions");
        }
        checkSize(program.name(), code.size());
        for (int slot = 0; slot < code.size(); slot++) {
            long insn = code.slot(slot);
            if (Slots.isLoadImm64(insn)) {
                slot = secondHalf(program, code, slot);
            } else if (Slots.opcode(insn) == ProgramPatcher.CALL && Slots.src(insn) == PSEUDO_CALL) {
                checkTarget(program, code, slot, slot + 1L + Slots.imm(insn));
            }
        }
    }

    private static int secondHalf(LinkedProgram program, Code code, int slot) {
        if (slot + 1 >= code.size() || Slots.opcode(code.slot(slot + 1)) != 0) {
            throw bad(program, slot, "is a 64-bit immediate load without its second half");
        }
        return slot + 1;
    }

    private static void checkTarget(LinkedProgram program, Code code, int slot, long target) {
        if (target < 0 || target >= code.size()) {
            throw bad(program, slot, "calls instruction " + target + " of " + code.size());
        }
    }

    private static LinkException bad(LinkedProgram program, int slot, String what) {
        return new LinkException("program '" + program.name() + "', instruction " + slot + ", " + what);
    }
}
