package dev.ebpf4j.insn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * An immutable sequence of 8-byte instruction slots. Slots are kept as they are, bit for bit, in the field order that
 * {@link Slots} describes, so nothing that a file said is lost. An instruction takes one slot, the 64-bit immediate load
 * takes two; jumps, calls and relocations count slots.
 *
 * <p>Slot numbers outside the code give {@link IndexOutOfBoundsException}. Safe for any number of threads.
 */
public final class Code {
    /** Bytes of one slot. */
    public static final int SLOT_BYTES = 8;

    private static final Code EMPTY = new Code(new long[0]);

    private final long[] slots;

    Code(long[] ownedSlots) {
        this.slots = ownedSlots;
    }

    /** {@return the code without any instruction} */
    public static Code empty() {
        return EMPTY;
    }

    /**
     * {@return the code of the given slots, each laid out as in {@link Slots}}
     *
     * @param slots the slots in order
     */
    public static Code of(long... slots) {
        return slots.length == 0 ? EMPTY : new Code(slots.clone());
    }

    /**
     * {@return the code stored in {@code bytes}, a file's whole instruction section or a part of it}
     *
     * @param bytes the instructions as a file stores them
     * @param order the byte order of the file; it also decides which half of the register byte is the destination
     * @throws InsnFormatException if the length is not a multiple of {@link #SLOT_BYTES}
     */
    public static Code of(byte[] bytes, ByteOrder order) {
        return of(ByteBuffer.wrap(bytes), order);
    }

    /**
     * {@return the code stored in the remaining bytes of {@code bytes}, whose position and own order do not change}
     *
     * @param bytes the instructions as a file stores them
     * @param order the byte order of the file; it also decides which half of the register byte is the destination
     * @throws InsnFormatException if the number of bytes is not a multiple of {@link #SLOT_BYTES}
     */
    public static Code of(ByteBuffer bytes, ByteOrder order) {
        if (bytes.remaining() % SLOT_BYTES != 0) {
            throw new InsnFormatException("instructions end in the middle of a slot: " + bytes.remaining()
                    + " bytes, expected a multiple of " + SLOT_BYTES);
        }
        ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        boolean swap = order == ByteOrder.BIG_ENDIAN;
        long[] slots = new long[in.remaining() / SLOT_BYTES];
        for (int i = 0; i < slots.length; i++) {
            long raw = in.getLong();
            slots[i] = swap ? swapFields(raw) : raw;
        }
        return slots.length == 0 ? EMPTY : new Code(slots);
    }

    /**
     * {@return the code of the given instructions}
     *
     * @param insns the instructions in order
     */
    public static Code of(List<? extends Insn> insns) {
        return InsnCodec.encode(insns);
    }

    /**
     * {@return all parts, one after the other}
     *
     * @param parts the parts in order
     */
    public static Code concat(Collection<Code> parts) {
        long[] all = new long
                [Math.toIntExact(
                        parts.stream().mapToLong(part -> part.slots.length).sum())];
        int at = 0;
        for (Code part : parts) {
            System.arraycopy(part.slots, 0, all, at, part.slots.length);
            at += part.slots.length;
        }
        return new Code(all);
    }

    /**
     * {@return this code followed by {@code next}}
     *
     * @param next what follows
     */
    public Code concat(Code next) {
        long[] all = Arrays.copyOf(slots, Math.addExact(slots.length, next.slots.length));
        System.arraycopy(next.slots, 0, all, slots.length, next.slots.length);
        return new Code(all);
    }

    /**
     * {@return the bytes of a file of the given byte order: the inverse of {@link #of(byte[], ByteOrder)}}
     *
     * @param order the byte order of the file
     */
    public byte[] toBytes(ByteOrder order) {
        byte[] bytes = new byte[Math.multiplyExact(slots.length, SLOT_BYTES)];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean swap = order == ByteOrder.BIG_ENDIAN;
        for (long slot : slots) {
            out.putLong(swap ? swapFields(slot) : slot);
        }
        return bytes;
    }

    /** {@return the number of slots} */
    public int size() {
        return slots.length;
    }

    /** {@return whether there is no slot at all} */
    public boolean isEmpty() {
        return slots.length == 0;
    }

    /**
     * {@return the slot {@code index}; take it apart with {@link Slots}}
     *
     * @param index slot number, from 0
     */
    public long slot(int index) {
        return slots[Objects.checkIndex(index, slots.length)];
    }

    /**
     * {@return the instruction that starts at slot {@code index}}
     *
     * @param index slot number, from 0
     * @throws InsnFormatException if a 64-bit immediate load starts at the last slot
     */
    public Insn insn(int index) {
        return InsnCodec.decode(this, index);
    }

    /**
     * {@return all instructions in order}
     *
     * @throws InsnFormatException if a 64-bit immediate load starts at the last slot
     */
    public List<Insn> insns() {
        return InsnCodec.decode(this);
    }

    /** {@return a copy of all slots} */
    public long[] toArray() {
        return slots.clone();
    }

    /**
     * {@return the slots {@code from} (inclusive) to {@code to} (exclusive)}
     *
     * @param from first slot of the slice
     * @param to the slot after the slice
     */
    public Code slice(int from, int to) {
        Objects.checkFromToIndex(from, to, slots.length);
        return new Code(Arrays.copyOfRange(slots, from, to));
    }

    /**
     * {@return this code with slot {@code index} replaced}
     *
     * @param index slot number, from 0
     * @param slot the new slot
     */
    public Code withSlot(int index, long slot) {
        return edit().setSlot(index, slot).toCode();
    }

    /**
     * {@return this code with the slots from {@code index} on overwritten by {@code replacement}; the size stays}
     *
     * @param index slot number, from 0
     * @param replacement the new slots
     */
    public Code withSlots(int index, Code replacement) {
        Objects.checkFromIndexSize(index, replacement.slots.length, slots.length);
        long[] copy = slots.clone();
        System.arraycopy(replacement.slots, 0, copy, index, replacement.slots.length);
        return new Code(copy);
    }

    /** {@return a scratch copy to patch many slots of} */
    public CodeEditor edit() {
        return new CodeEditor(slots.clone());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Code that && Arrays.equals(slots, that.slots);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(slots);
    }

    /** {@return the number of slots, for logs; {@code Disassembler} prints the instructions} */
    @Override
    public String toString() {
        return "Code[" + slots.length + " slots]";
    }

    /** A slot read little-endian from a big-endian file, or the reverse: off and imm byte-swapped, dst and src exchanged. */
    private static long swapFields(long raw) {
        long registers = ((raw >>> 4) & 0x0f00) | ((raw << 4) & 0xf000);
        long off = Short.toUnsignedLong(Short.reverseBytes((short) (raw >>> 16)));
        long imm = Integer.reverseBytes((int) (raw >>> 32));
        return (raw & 0xff) | registers | (off << 16) | (imm << 32);
    }
}
