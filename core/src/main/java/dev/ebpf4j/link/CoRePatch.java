package dev.ebpf4j.link;

import dev.ebpf4j.btf.CoReFixup;
import dev.ebpf4j.btf.CoReRelo;
import dev.ebpf4j.btf.CoReResolver;
import dev.ebpf4j.insn.CodeEditor;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.Reloc;

/**
 * Puts the answer to one CO-RE relocation into its instruction:
 *
 * <pre>
 *   ALU, ALU64 with an immediate    the immediate
 *   LDX, ST, STX                    the offset, and the access size where the field's size differs
 *   64-bit immediate load           both halves of the immediate
 * </pre>
 */
final class CoRePatch {
    /** A helper that no kernel has; libbpf's number, so that verifier logs look alike. */
    private static final int POISON = 195896080;

    private static final int CLASS_MASK = 0x07;
    private static final int REGISTER_SOURCE = 0x08;
    private static final int SIZE_MASK = 0x18;

    private final ProgramPatcher patcher;
    private final int slot;
    private final CoReRelo relo;
    private final CoReResolver resolver;

    private CoRePatch(ProgramPatcher patcher, Reloc.CoRe reloc, CoReResolver resolver) {
        this.patcher = patcher;
        this.slot = patcher.checkedSlot(reloc);
        this.relo = reloc.relo();
        this.resolver = resolver;
    }

    /** Patches the instruction of a relocation; the resolver's answer is {@code fixup}. */
    static void apply(ProgramPatcher patcher, Reloc.CoRe reloc, CoReFixup fixup, CoReResolver resolver) {
        CoRePatch patch = new CoRePatch(patcher, reloc, resolver);
        switch (fixup) {
            case CoReFixup.Value value -> patch.put(value);
            case CoReFixup.Poison poison -> patcher.poison(patch.slot, POISON, poison.reason());
            case CoReFixup.Refused refused ->
                throw patcher.bad(patch.slot, refused.reason().message());
        }
    }

    /** The relocation in the words of C, for messages. */
    private String words() {
        return "CO-RE " + relo.kind() + " of " + resolver.spell(relo);
    }

    private void put(CoReFixup.Value value) {
        int opcode = Slots.opcode(code().slot(slot));
        switch (opcode & CLASS_MASK) {
            case 0 -> putWide(value);
            case 1, 2, 3 -> putOffset(value, opcode);
            case 4, 7 -> putImmediate(value, opcode);
            default -> throw unfit(opcode);
        }
    }

    private CodeEditor code() {
        return patcher.code();
    }

    private void putImmediate(CoReFixup.Value value, int opcode) {
        if ((opcode & REGISTER_SOURCE) != 0) {
            throw unfit(opcode);
        }
        int found = Slots.imm(code().slot(slot));
        validate(value, found == (int) value.localValue(), found);
        code().setImm(slot, (int) value.value());
    }

    private void putWide(CoReFixup.Value value) {
        long first = code().slot(slot);
        long second = slot + 1 < code().size() ? code().slot(slot + 1) : -1;
        boolean plain = Slots.isLoadImm64(first)
                && Slots.src(first) == 0
                && Slots.off(first) == 0
                && Slots.withImm(second, 0) == 0;
        if (!plain) {
            throw unfit(Slots.opcode(first));
        }
        long found = Slots.imm64(first, second);
        validate(value, found == value.localValue(), found);
        code().setImm64(slot, value.value());
    }

    private void putOffset(CoReFixup.Value value, int opcode) {
        int found = Slots.off(code().slot(slot));
        validate(value, found == value.localValue(), found);
        if (value.value() < 0 || value.value() > Short.MAX_VALUE) {
            throw patcher.bad(
                    slot,
                    words() + ": offset " + value.value() + " on this kernel is beyond the " + Short.MAX_VALUE
                            + " that a load or store can hold");
        }
        CoReFixup.Sizes sizes = value.sizes();
        if (!sizes.differ()) {
            code().setOff(slot, (int) value.value());
        } else if (!sizes.safe() || sizeBits(sizes.target()) < 0) {
            patcher.poison(
                    slot,
                    POISON,
                    words() + ": it has " + sizes.local()
                            + " bytes in the program and " + sizes.target()
                            + " in this kernel, and only pointers and unsigned"
                            + " numbers of 1, 2, 4 or 8 bytes may differ");
        } else if ((opcode & SIZE_MASK) != sizeBits(sizes.local())) {
            throw patcher.bad(slot, words() + ": a field of " + sizes.local() + " bytes is accessed with another size");
        } else {
            code().setOff(slot, (int) value.value()).setOpcode(slot, (opcode & ~SIZE_MASK) | sizeBits(sizes.target()));
        }
    }

    /** The size field of a load or store of this many bytes, -1 if there is none. */
    private static int sizeBits(int bytes) {
        return switch (bytes) {
            case 1 -> 0x10;
            case 2 -> 0x08;
            case 4 -> 0x00;
            case 8 -> 0x18;
            default -> -1;
        };
    }

    /** A number that is not what the program's own types say means that record and instruction do not belong together. */
    private void validate(CoReFixup.Value value, boolean equal, long found) {
        if (value.validateLocal() && !equal) {
            throw patcher.bad(
                    slot,
                    words() + ": the instruction holds " + found + ", but the program's own types say "
                            + value.localValue());
        }
    }

    private LinkException unfit(int opcode) {
        return patcher.bad(
                slot, words() + ": no number can be put into an instruction with opcode 0x%02x".formatted(opcode));
    }
}
