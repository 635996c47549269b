package dev.ebpf4j.insn;

import org.jspecify.annotations.Nullable;

/** An atomic read-modify-write of memory: its encoding and its meaning. Source: RFC 9669, section 5.3. */
public enum AtomicOp {
    /** {@code mem += src}. */
    ADD(0x00, "+="),
    /** {@code mem |= src}. */
    OR(0x40, "|="),
    /** {@code mem &= src}. */
    AND(0x50, "&="),
    /** {@code mem ^= src}. */
    XOR(0xa0, "^="),
    /** {@code src = mem; mem += src}, the old src (v3). */
    FETCH_ADD(0x01, "add"),
    /** {@code src = mem; mem |= src}, the old src (v3). */
    FETCH_OR(0x41, "or"),
    /** {@code src = mem; mem &= src}, the old src (v3). */
    FETCH_AND(0x51, "and"),
    /** {@code src = mem; mem ^= src}, the old src (v3). */
    FETCH_XOR(0xa1, "xor"),
    /** Exchanges src and memory (v3). */
    XCHG(0xe1, "xchg"),
    /** Stores src if memory equals r0; r0 becomes what memory held (v3). */
    CMPXCHG(0xf1, "cmpxchg");

    private static final AtomicOp[] ALL = values();
    private static final int FETCH = 0x01;

    private final int bits;
    private final String symbol;

    AtomicOp(int bits, String symbol) {
        this.bits = bits;
        this.symbol = symbol;
    }

    /** {@return the value of the slot's imm field} */
    int bits() {
        return bits;
    }

    /** {@return the sign or word that names the operation in text} */
    String symbol() {
        return symbol;
    }

    /** {@return whether a register receives what memory held: r0 for {@link #CMPXCHG}, otherwise src} */
    public boolean fetches() {
        return (bits & FETCH) != 0;
    }

    /**
     * {@return what memory holds afterwards, before it is cut to the access's size}
     *
     * @param memory what memory held, zero-extended
     * @param src the source register, zero-extended from the access's size
     * @param r0 register r0, zero-extended from the access's size; only {@link #CMPXCHG} looks at it
     */
    public long apply(long memory, long src, long r0) {
        return switch (this) {
            case ADD, FETCH_ADD -> memory + src;
            case OR, FETCH_OR -> memory | src;
            case AND, FETCH_AND -> memory & src;
            case XOR, FETCH_XOR -> memory ^ src;
            case XCHG -> src;
            case CMPXCHG -> memory == r0 ? src : memory;
        };
    }

    /** {@return the operation that the imm field says, or null if it says none} */
    static @Nullable AtomicOp find(int imm) {
        for (AtomicOp op : ALL) {
            if (op.bits == imm) {
                return op;
            }
        }
        return null;
    }
}
