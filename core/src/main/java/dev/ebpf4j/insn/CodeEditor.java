package dev.ebpf4j.insn;

import java.util.Objects;

/**
 * A scratch copy of a {@link Code} for passes that patch many slots: edit, then {@link #toCode()}. The number of slots
 * does not change. Slot numbers outside the code give {@link IndexOutOfBoundsException}. For one thread.
 */
public final class CodeEditor {
    private final long[] slots;

    CodeEditor(long[] ownedSlots) {
        this.slots = ownedSlots;
    }

    /** {@return the number of slots} */
    public int size() {
        return slots.length;
    }

    /** {@return the slot {@code index} as edited so far; see {@link Slots}} */
    public long slot(int index) {
        return slots[Objects.checkIndex(index, slots.length)];
    }

    /** Replaces the whole slot {@code index}. */
    public CodeEditor setSlot(int index, long slot) {
        slots[Objects.checkIndex(index, slots.length)] = slot;
        return this;
    }

    /** Replaces the opcode of slot {@code index}. */
    public CodeEditor setOpcode(int index, int opcode) {
        return setSlot(index, Slots.withOpcode(slot(index), opcode));
    }

    /** Replaces the destination register of slot {@code index}. */
    public CodeEditor setDst(int index, int dst) {
        return setSlot(index, Slots.withDst(slot(index), dst));
    }

    /** Replaces the source register, or the pseudo kind of a call or wide load, of slot {@code index}. */
    public CodeEditor setSrc(int index, int src) {
        return setSlot(index, Slots.withSrc(slot(index), src));
    }

    /**
     * Replaces the offset of slot {@code index}.
     *
     * @throws IllegalArgumentException if {@code off} does not fit into 16 signed bits
     */
    public CodeEditor setOff(int index, int off) {
        return setSlot(index, Slots.withOff(slot(index), off));
    }

    /** Replaces the immediate of slot {@code index}. */
    public CodeEditor setImm(int index, int imm) {
        return setSlot(index, Slots.withImm(slot(index), imm));
    }

    /** Replaces both immediates of the wide load that starts at slot {@code index}: the lower half first. */
    public CodeEditor setImm64(int index, long imm) {
        Objects.checkIndex(index, slots.length - 1);
        return setImm(index, (int) imm).setImm(index + 1, (int) (imm >>> 32));
    }

    /** {@return the code as edited so far; later edits do not change it} */
    public Code toCode() {
        return new Code(slots.clone());
    }
}
