package dev.ebpf4j.btf;

/**
 * The three words that every type starts with.
 *
 * <pre>
 * word 0  offset of the name
 * word 1  bit 31 kind_flag, bits 24 to 30 kind, bits 0 to 23 vlen (older writers use 16 bits of it)
 * word 2  size in bytes, or the id of another type
 * </pre>
 */
final class BtfWords {
    static final int HEADER = 3;
    static final int VLEN_MAX = 0xffffff;

    private BtfWords() {}

    static int kind(int info) {
        return (info >>> 24) & 0x7f;
    }

    static int vlen(int info) {
        return info & VLEN_MAX;
    }

    static boolean flag(int info) {
        return info < 0;
    }

    /** How many words a type of a known kind has. */
    static int length(int info) {
        BtfKind kind = BtfKind.of(kind(info));
        return HEADER + kind.infoWords + (kind.elementWords == 0 ? 0 : vlen(info) * kind.elementWords);
    }

    static int info(int kind, int vlen, boolean flag) {
        return (flag ? 1 << 31 : 0) | (kind << 24) | vlen;
    }
}
