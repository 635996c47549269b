package dev.ebpf4j.btf;

import dev.ebpf4j.btf.BtfType.Composite;
import dev.ebpf4j.btf.BtfType.Int;
import dev.ebpf4j.btf.BtfType.Member;
import org.jspecify.annotations.Nullable;

/**
 * Where a C compiler would put things: which composites must be packed to be laid out as BTF says, how they are then
 * aligned, and where a member falls without help. The rules are those of the System V ABIs, which clang's BPF target
 * follows: a bit-field goes to the next free bit, unless it would cross a boundary of its type.
 */
final class CLayout {
    private static final int DEPTH = BtfSizes.DEPTH;
    private static final byte PACKED = (byte) 0x80;

    private final Btf btf;

    /** Per type: 0 not computed yet, else the alignment in bytes, with {@link #PACKED} for packed composites. */
    private final byte[] known;

    CLayout(Btf btf) {
        this.btf = btf;
        this.known = new byte[btf.typeCount()];
    }

    boolean packed(int id) {
        align(id, 0);
        return (known[id] & PACKED) != 0;
    }

    /** In bytes, as the printed type has it. */
    int align(int id) {
        return align(id, 0);
    }

    private int align(int id, int depth) {
        if (depth > DEPTH) {
            throw new BtfFormatException(
                    "types", -1, "type " + id + " nested deeper than " + DEPTH, "a type that ends");
        }
        if (known[id] == 0) {
            known[id] = compute(id, depth);
        }
        return known[id] & ~PACKED;
    }

    private byte compute(int id, int depth) {
        return switch (btf.kind(id)) {
            case INT, ENUM, ENUM64, FLOAT -> (byte) Math.clamp(Integer.highestOneBit(btf.sizeOrType(id)), 1, 16);
            case PTR -> (byte) btf.pointerSize();
            case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, VAR -> (byte) align(btf.sizeOrType(id), depth + 1);
            case ARRAY -> (byte) align(((BtfType.Array) btf.type(id)).elementTypeId(), depth + 1);
            case STRUCT, UNION -> composite((Composite) btf.type(id), depth);
            case VOID, FWD, FUNC, FUNC_PROTO, DATASEC, DECL_TAG, UNKNOWN -> 1;
        };
    }

    private byte composite(Composite type, int depth) {
        int most = 1;
        boolean fits = true;
        for (Member member : type.members()) {
            int align = align(member.typeId(), depth + 1);
            int bits = bits(member);
            int offset = offset(member);
            fits &= bits == 0 ? offset % (8 * align) == 0 : !crosses(offset, bits, unit(member));
            most = Math.max(most, align);
        }
        return fits && type.size() % most == 0 ? (byte) most : (byte) (1 | PACKED);
    }

    /** Where the member would fall if the last one ended at bit {@code end}. */
    long natural(Member member, long end, boolean packed) {
        int bits = bits(member);
        if (bits == 0) {
            return roundUp(end, packed ? 8 : 8 * align(member.typeId()));
        }
        return !packed && crosses(end, bits, unit(member)) ? roundUp(end, unit(member)) : end;
    }

    private static boolean crosses(long offset, int bits, int unit) {
        return offset / unit != (offset + bits - 1) / unit;
    }

    /** The width in bits of the type of a bit-field. */
    private int unit(Member member) {
        return 8 * Math.max(1, btf.sizeOf(member.typeId()));
    }

    /** The width of a bit-field, else 0. Old BTF tells it by an integer narrower than its bytes. */
    int bits(Member member) {
        if (member.bitfieldSize() != 0) {
            return member.bitfieldSize();
        }
        Int narrow = narrow(member);
        return narrow == null ? 0 : narrow.bits();
    }

    int offset(Member member) {
        Int narrow = member.bitfieldSize() == 0 ? narrow(member) : null;
        return member.bitOffset() + (narrow == null ? 0 : narrow.bitOffset());
    }

    private @Nullable Int narrow(Member member) {
        int id = btf.resolve(member.typeId());
        return btf.kind(id) == BtfKind.INT
                        && btf.type(id) instanceof Int type
                        && (type.bits() != 8 * type.size() || type.bitOffset() != 0)
                ? type
                : null;
    }

    /** The bits that a member takes. */
    long width(Member member) {
        int bits = bits(member);
        return bits != 0 ? bits : 8L * sizeOf(member.typeId());
    }

    private int sizeOf(int id) {
        BtfKind kind = btf.kind(btf.resolve(id));
        return kind == BtfKind.FWD || kind == BtfKind.VOID || kind == BtfKind.FUNC_PROTO ? 0 : btf.sizeOf(id);
    }

    static long roundUp(long value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }
}
