package dev.ebpf4j.insn;

/** What the fields of a slot can hold, for the constructors of {@link Insn}'s records. */
final class Ranges {
    private Ranges() {}

    static void checkOff(int off) {
        if (off != (short) off) {
            throw new IllegalArgumentException("offset " + off + " does not fit into 16 signed bits");
        }
    }

    /** Whether the operation is a sign-extending move of an immediate, or of 32 bits to 32 bits: neither has an encoding. */
    static boolean refuses(boolean wide, AluOp op, Operand src) {
        return op.isSignExtendingMove() && (src instanceof Imm || (op == AluOp.MOVSX32 && !wide));
    }

    static void checkPacketSize(Size size) {
        if (size == Size.DW) {
            throw new IllegalArgumentException("packet loads are of 1, 2 or 4 bytes, not 8");
        }
    }
}
