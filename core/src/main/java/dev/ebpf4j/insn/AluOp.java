package dev.ebpf4j.insn;

import org.jspecify.annotations.Nullable;

/**
 * A two-operand arithmetic operation: its encoding and its meaning. Source: RFC 9669, section 4.1; the kernel agrees on
 * division by zero (gives 0) and modulo zero (gives the dividend).
 */
public enum AluOp {
    /** {@code dst += src}. */
    ADD(0x00, 0, "+="),
    /** {@code dst -= src}. */
    SUB(0x10, 0, "-="),
    /** {@code dst *= src}. */
    MUL(0x20, 0, "*="),
    /** Unsigned division. */
    DIV(0x30, 0, "/="),
    /** Signed division, rounding to zero (v4). */
    SDIV(0x30, 1, "s/="),
    /** {@code dst |= src}. */
    OR(0x40, 0, "|="),
    /** {@code dst &= src}. */
    AND(0x50, 0, "&="),
    /** Shift left; the count is masked to the operand's width. */
    LSH(0x60, 0, "<<="),
    /** Logical shift right; the count is masked to the operand's width. */
    RSH(0x70, 0, ">>="),
    /** Unsigned remainder. */
    MOD(0x90, 0, "%="),
    /** Signed remainder, with the sign of the dividend (v4). */
    SMOD(0x90, 1, "s%="),
    /** {@code dst ^= src}. */
    XOR(0xa0, 0, "^="),
    /** {@code dst = src}. */
    MOV(0xb0, 0, "="),
    /** {@code dst} = the low 8 bits of a register, sign-extended (v4). */
    MOVSX8(0xb0, 8, "= (s8)"),
    /** {@code dst} = the low 16 bits of a register, sign-extended (v4). */
    MOVSX16(0xb0, 16, "= (s16)"),
    /** {@code dst} = the low 32 bits of a register, sign-extended; wide only (v4). */
    MOVSX32(0xb0, 32, "= (s32)"),
    /** Arithmetic shift right; the count is masked to the operand's width. */
    ARSH(0xc0, 0, "s>>=");

    private static final AluOp[] ALL = values();

    private final int bits;
    private final int off;
    private final String symbol;

    AluOp(int bits, int off, String symbol) {
        this.bits = bits;
        this.off = off;
        this.symbol = symbol;
    }

    /** {@return the operation bits in the opcode} */
    int bits() {
        return bits;
    }

    /** {@return the value of the slot's off field, which tells signed from unsigned division and the width of a move} */
    int off() {
        return off;
    }

    /** {@return the sign between the operands, as in {@code s>>=}} */
    String symbol() {
        return symbol;
    }

    /** {@return whether this is one of the sign-extending moves, which take a register only} */
    public boolean isSignExtendingMove() {
        return this == MOVSX8 || this == MOVSX16 || this == MOVSX32;
    }

    /**
     * {@return what the register {@code dst} holds afterwards; a narrow operation computes on the low halves and clears
     * the upper half}
     *
     * @param wide whether the operation is on 64 bits
     * @param dst first operand
     * @param src second operand; an immediate comes sign-extended
     */
    public long apply(boolean wide, long dst, long src) {
        return wide ? wide(dst, src) : Integer.toUnsignedLong(narrow((int) dst, (int) src));
    }

    private long wide(long dst, long src) {
        return switch (this) {
            case ADD -> dst + src;
            case SUB -> dst - src;
            case MUL -> dst * src;
            case DIV -> src == 0 ? 0 : Long.divideUnsigned(dst, src);
            case SDIV -> src == 0 ? 0 : dst / src;
            case OR -> dst | src;
            case AND -> dst & src;
            case LSH -> dst << src;
            case RSH -> dst >>> src;
            case MOD -> src == 0 ? dst : Long.remainderUnsigned(dst, src);
            case SMOD -> src == 0 ? dst : dst % src;
            case XOR -> dst ^ src;
            case MOV -> src;
            case MOVSX8 -> (byte) src;
            case MOVSX16 -> (short) src;
            case MOVSX32 -> (int) src;
            case ARSH -> dst >> src;
        };
    }

    private int narrow(int dst, int src) {
        return switch (this) {
            case ADD -> dst + src;
            case SUB -> dst - src;
            case MUL -> dst * src;
            case DIV -> src == 0 ? 0 : Integer.divideUnsigned(dst, src);
            case SDIV -> src == 0 ? 0 : dst / src;
            case OR -> dst | src;
            case AND -> dst & src;
            case LSH -> dst << src;
            case RSH -> dst >>> src;
            case MOD -> src == 0 ? dst : Integer.remainderUnsigned(dst, src);
            case SMOD -> src == 0 ? dst : dst % src;
            case XOR -> dst ^ src;
            case MOV, MOVSX32 -> src;
            case MOVSX8 -> (byte) src;
            case MOVSX16 -> (short) src;
            case ARSH -> dst >> src;
        };
    }

    /** {@return the operation that the opcode's upper four bits and the off field say, or null if none} */
    static @Nullable AluOp find(int opcode, int off) {
        for (AluOp op : ALL) {
            if (op.bits == (opcode & 0xf0) && op.off == off) {
                return op;
            }
        }
        return null;
    }
}
