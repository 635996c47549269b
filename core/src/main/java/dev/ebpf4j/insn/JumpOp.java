package dev.ebpf4j.insn;

import org.jspecify.annotations.Nullable;

/** The condition of a jump: its encoding and its meaning. Source: RFC 9669, section 4.3. */
public enum JumpOp {
    /** Equal. */
    JEQ(0x10, "=="),
    /** Greater, unsigned. */
    JGT(0x20, ">"),
    /** Greater or equal, unsigned. */
    JGE(0x30, ">="),
    /** Some bit set in both. */
    JSET(0x40, "&"),
    /** Not equal. */
    JNE(0x50, "!="),
    /** Greater, signed. */
    JSGT(0x60, "s>"),
    /** Greater or equal, signed. */
    JSGE(0x70, "s>="),
    /** Less, unsigned. */
    JLT(0xa0, "<"),
    /** Less or equal, unsigned. */
    JLE(0xb0, "<="),
    /** Less, signed. */
    JSLT(0xc0, "s<"),
    /** Less or equal, signed. */
    JSLE(0xd0, "s<=");

    private static final @Nullable JumpOp[] BY_BITS = byBits();

    private final int bits;
    private final String symbol;

    JumpOp(int bits, String symbol) {
        this.bits = bits;
        this.symbol = symbol;
    }

    /** {@return the operation bits in the opcode} */
    int bits() {
        return bits;
    }

    /** {@return the sign between the operands, as in {@code s>=}} */
    String symbol() {
        return symbol;
    }

    /**
     * {@return whether the jump is taken}
     *
     * @param wide whether all 64 bits count, or the low 32 only
     * @param dst first operand
     * @param src second operand; an immediate comes sign-extended
     */
    public boolean test(boolean wide, long dst, long src) {
        // Sign extension keeps the order of 32-bit values, signed and unsigned, and a common bit stays a common bit.
        return wide ? test(dst, src) : test(Size.W.signExtend(dst), Size.W.signExtend(src));
    }

    private boolean test(long dst, long src) {
        return switch (this) {
            case JEQ -> dst == src;
            case JGT -> Long.compareUnsigned(dst, src) > 0;
            case JGE -> Long.compareUnsigned(dst, src) >= 0;
            case JSET -> (dst & src) != 0;
            case JNE -> dst != src;
            case JSGT -> dst > src;
            case JSGE -> dst >= src;
            case JLT -> Long.compareUnsigned(dst, src) < 0;
            case JLE -> Long.compareUnsigned(dst, src) <= 0;
            case JSLT -> dst < src;
            case JSLE -> dst <= src;
        };
    }

    /** {@return the condition that the opcode's upper four bits say, or null if they say none} */
    static @Nullable JumpOp find(int opcode) {
        return BY_BITS[(opcode >> 4) & 0xf];
    }

    private static @Nullable JumpOp[] byBits() {
        @Nullable JumpOp[] table = new @Nullable JumpOp[16];
        for (JumpOp op : values()) {
            table[op.bits >> 4] = op;
        }
        return table;
    }
}
