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

    /**
     * {@return the slot {@code index} as edited so far; see {@link Slots}}
     *
     * @param index slot number, from 0
     */
    public long slot(int index) {
        return slots[Objects.checkIndex(index, slots.length)];
    }

    /**
     * {@return this editor, after replacing the whole slot {@code index}}
     *
     * @param index slot number, from 0
     * @param slot the new slot
     */
    public CodeEditor setSlot(int index, long slot) {
        slots[Objects.checkIndex(index, slots.length)] = slot;
        return this;
    }

    /**
     * {@return this editor, after replacing the opcode of slot {@code index}}
     *
     * @param index slot number, from 0
     * @param opcode the new opcode; its low 8 bits count
     */
    public CodeEditor setOpcode(int index, int opcode) {
        return setSlot(index, Slots.withOpcode(slot(index), opcode));
    }

    /**
     * {@return this editor, after replacing the destination register of slot {@code index}}
     *
     * @param index slot number, from 0
     * @param dst the new register number; its low 4 bits count
     */
    public CodeEditor setDst(int index, int dst) {
        return setSlot(index, Slots.withDst(slot(index), dst));
    }

    /**
     * {@return this editor, after replacing the source register, or the pseudo kind of a call or wide load, of slot
     * {@code index}}
     *
     * @param index slot number, from 0
     * @param src the new register number or kind; its low 4 bits count
     */
    public CodeEditor setSrc(int index, int src) {
        return setSlot(index, Slots.withSrc(slot(index), src));
    }

    /**
     * {@return this editor, after replacing the offset of slot {@code index}}
     *
     * @param index slot number, from 0
     * @param off the new offset
     * @throws IllegalArgumentException if {@code off} does not fit into 16 signed bits
     */
    public CodeEditor setOff(int index, int off) {
        return setSlot(index, Slots.withOff(slot(index), off));
    }

    /**
     * {@return this editor, after replacing the immediate of slot {@code index}}
     *
     * @param index slot number, from 0
     * @param imm the new immediate
     */
    public CodeEditor setImm(int index, int imm) {
        return setSlot(index, Slots.withImm(slot(index), imm));
    }

    /**
     * {@return this editor, after replacing both immediates of the wide load that starts at slot {@code index}}
     *
     * @param index slot number, from 0
     * @param imm the new immediate; its lower half goes into the first slot
     */
    public CodeEditor setImm64(int index, long imm) {
        Objects.checkIndex(index, slots.length - 1);
        return setImm(index, (int) imm).setImm(index + 1, (int) (imm >>> 32));
    }

    /** {@return the code as edited so far; later edits do not change it} */
    public Code toCode() {
        return new Code(slots.clone());
    }
}
