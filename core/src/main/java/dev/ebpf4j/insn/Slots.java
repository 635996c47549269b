package dev.ebpf4j.insn;

/**
 * The fields of one 8-byte instruction slot held in a {@code long}, always in little-endian field order, whatever
 * the byte order of the file it came from:
 *
 * <pre>
 *  63            32 31      16 15   12 11    8 7       0
 * +----------------+----------+-------+-------+---------+
 * |      imm       |   off    |  src  |  dst  | opcode  |
 * +----------------+----------+-------+-------+---------+
 * </pre>
 *
 * All functions are pure and total: every {@code long} is a slot. Source of the layout: RFC 9669, section 3.
 */
public final class Slots {
    /** Opcode of the 64-bit immediate load, the only instruction that takes two slots. */
    public static final int LOAD_IMM64 = 0x18;

    private static final int DST_SHIFT = 8;
    private static final int SRC_SHIFT = 12;
    private static final int OFF_SHIFT = 16;
    private static final int IMM_SHIFT = 32;

    private Slots() {}

    /**
     * {@return a slot of the given fields, each cut to its width: opcode 8 bits, dst and src 4 bits each, off 16 bits}
     *
     * @param opcode opcode; its low 8 bits count
     * @param dst destination register number; its low 4 bits count
     * @param src source register number or pseudo kind; its low 4 bits count
     * @param off signed offset
     * @param imm signed immediate
     */
    public static long of(int opcode, int dst, int src, int off, int imm) {
        return (opcode & 0xffL)
                | ((dst & 0xfL) << DST_SHIFT)
                | ((src & 0xfL) << SRC_SHIFT)
                | ((off & 0xffffL) << OFF_SHIFT)
                | ((long) imm << IMM_SHIFT);
    }

    /**
     * {@return the opcode byte, 0 to 255}
     *
     * @param slot any slot
     */
    public static int opcode(long slot) {
        return (int) slot & 0xff;
    }

    /**
     * {@return the destination register number, 0 to 15}
     *
     * @param slot any slot
     */
    public static int dst(long slot) {
        return (int) (slot >>> DST_SHIFT) & 0xf;
    }

    /**
     * {@return the source register number, or the pseudo kind of a call or wide load, 0 to 15}
     *
     * @param slot any slot
     */
    public static int src(long slot) {
        return (int) (slot >>> SRC_SHIFT) & 0xf;
    }

    /**
     * {@return the signed 16-bit offset}
     *
     * @param slot any slot
     */
    public static int off(long slot) {
        return (short) (slot >>> OFF_SHIFT);
    }

    /**
     * {@return the signed 32-bit immediate}
     *
     * @param slot any slot
     */
    public static int imm(long slot) {
        return (int) (slot >>> IMM_SHIFT);
    }

    /**
     * {@return {@code slot} with another opcode}
     *
     * @param slot any slot
     * @param opcode opcode; its low 8 bits count
     */
    public static long withOpcode(long slot, int opcode) {
        return (slot & ~0xffL) | (opcode & 0xffL);
    }

    /**
     * {@return {@code slot} with another destination register}
     *
     * @param slot any slot
     * @param dst destination register number; its low 4 bits count
     */
    public static long withDst(long slot, int dst) {
        return (slot & ~(0xfL << DST_SHIFT)) | ((dst & 0xfL) << DST_SHIFT);
    }

    /**
     * {@return {@code slot} with another source register or pseudo kind}
     *
     * @param slot any slot
     * @param src source register number or pseudo kind; its low 4 bits count
     */
    public static long withSrc(long slot, int src) {
        return (slot & ~(0xfL << SRC_SHIFT)) | ((src & 0xfL) << SRC_SHIFT);
    }

    /**
     * {@return {@code slot} with another offset}
     *
     * @param slot any slot
     * @param off signed offset
     * @throws IllegalArgumentException if {@code off} does not fit into 16 signed bits
     */
    public static long withOff(long slot, int off) {
        if (off != (short) off) {
            throw new IllegalArgumentException("offset " + off + " does not fit into 16 signed bits");
        }
        return (slot & ~(0xffffL << OFF_SHIFT)) | ((off & 0xffffL) << OFF_SHIFT);
    }

    /**
     * {@return {@code slot} with another immediate}
     *
     * @param slot any slot
     * @param imm signed immediate
     */
    public static long withImm(long slot, int imm) {
        return (slot & 0xffff_ffffL) | ((long) imm << IMM_SHIFT);
    }

    /**
     * {@return whether {@code slot} is the first of the two slots of a 64-bit immediate load (opcode 0x18)}
     *
     * @param slot any slot
     */
    public static boolean isLoadImm64(long slot) {
        return opcode(slot) == LOAD_IMM64;
    }

    /**
     * {@return the 64-bit immediate of the two slots of a wide load: {@code first}'s imm is the lower half}
     *
     * @param first first slot of the wide load
     * @param second its second slot
     */
    public static long imm64(long first, long second) {
        return (imm(first) & 0xffff_ffffL) | ((long) imm(second) << 32);
    }
}
