package dev.ebpf4j.insn;

/** Width of a memory access, by the kernel's letters. Source: RFC 9669, section 5. */
public enum Size {
    /** One byte. */
    B(0x10, 1),
    /** Half word, two bytes. */
    H(0x08, 2),
    /** Word, four bytes. */
    W(0x00, 4),
    /** Double word, eight bytes. */
    DW(0x18, 8);

    private static final Size[] BY_BITS = {W, H, B, DW};
    private static final int MASK = 0x18;

    private final int bits;
    private final int bytes;

    Size(int bits, int bytes) {
        this.bits = bits;
        this.bytes = bytes;
    }

    /** {@return the size that the opcode's two size bits say; every value says one} */
    static Size ofOpcode(int opcode) {
        return BY_BITS[(opcode & MASK) >> 3];
    }

    /**
     * {@return the size of the given number of bytes}
     *
     * @param bytes number of bytes
     * @throws IllegalArgumentException if {@code bytes} is not 1, 2, 4 or 8
     */
    public static Size ofBytes(int bytes) {
        return switch (bytes) {
            case 1 -> B;
            case 2 -> H;
            case 4 -> W;
            case 8 -> DW;
            default -> throw new IllegalArgumentException("no memory access of " + bytes + " bytes: 1, 2, 4 or 8");
        };
    }

    /** {@return the size bits in the opcode} */
    int bits() {
        return bits;
    }

    /** {@return the number of bytes: 1, 2, 4 or 8} */
    public int bytes() {
        return bytes;
    }

    /**
     * {@return {@code value} cut to this size, upper bits zero}
     *
     * @param value any value
     */
    public long zeroExtend(long value) {
        int unused = Long.SIZE - bytes * Byte.SIZE;
        return value << unused >>> unused;
    }

    /**
     * {@return {@code value} cut to this size, upper bits copied from its sign}
     *
     * @param value any value
     */
    public long signExtend(long value) {
        int unused = Long.SIZE - bytes * Byte.SIZE;
        return value << unused >> unused;
    }
}
