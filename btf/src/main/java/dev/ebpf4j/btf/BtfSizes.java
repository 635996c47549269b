package dev.ebpf4j.btf;

/** Sizes and alignments, bounded in depth and work whatever the types say. */
final class BtfSizes {
    /** As deep as libbpf follows typedefs, modifiers and arrays. */
    static final int DEPTH = 32;

    private final Btf btf;
    private final byte[] alignments;

    BtfSizes(Btf btf) {
        this.btf = btf;
        this.alignments = new byte[btf.typeCount() - btf.firstOwnId()];
    }

    static int resolve(Btf btf, int id) {
        int at = id;
        for (int depth = 0; depth <= DEPTH; depth++) {
            switch (btf.kind(at)) {
                case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> at = btf.sizeOrType(at);
                default -> {
                    return at;
                }
            }
        }
        throw tooDeep(id);
    }

    static int sizeOf(Btf btf, int id) {
        long elements = 1;
        int at = id;
        for (int depth = 0; depth <= DEPTH; depth++) {
            switch (btf.kind(at)) {
                case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, VAR -> at = btf.sizeOrType(at);
                case ARRAY -> {
                    BtfType.Array array = (BtfType.Array) btf.type(at);
                    elements = inRange(id, elements * array.count());
                    at = array.elementTypeId();
                }
                case INT, STRUCT, UNION, ENUM, ENUM64, FLOAT, DATASEC -> {
                    return inRange(id, elements * btf.sizeOrType(at));
                }
                case PTR -> {
                    return inRange(id, elements * btf.pointerSize());
                }
                case VOID, FWD, FUNC, FUNC_PROTO, DECL_TAG, UNKNOWN ->
                    throw new BtfFormatException(
                            "types", -1, "type " + id + " of kind " + btf.kind(at), "a type that has a size");
            }
        }
        throw tooDeep(id);
    }

    private static int inRange(int id, long size) {
        if (size > Integer.MAX_VALUE) {
            throw new BtfFormatException("types", -1, "type " + id + " of " + size + " bytes", "less than 2 GiB");
        }
        return (int) size;
    }

    int alignOf(int id) {
        return alignOf(id, 0);
    }

    private int alignOf(int id, int depth) {
        if (depth > DEPTH) {
            throw tooDeep(id);
        }
        if (id < btf.firstOwnId()) {
            return btf.baseAlignOf(id);
        }
        BtfKind kind = btf.kind(id); // refuses an id that does not exist
        int slot = id - btf.firstOwnId();
        if (alignments[slot] == 0) {
            alignments[slot] = (byte) compute(kind, id, depth);
        }
        return alignments[slot];
    }

    private int compute(BtfKind kind, int id, int depth) {
        return switch (kind) {
            case INT, ENUM, ENUM64, FLOAT -> Math.clamp(btf.sizeOrType(id), 1, btf.pointerSize());
            case PTR -> btf.pointerSize();
            case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, VAR -> alignOf(btf.sizeOrType(id), depth + 1);
            case ARRAY -> alignOf(((BtfType.Array) btf.type(id)).elementTypeId(), depth + 1);
            case STRUCT, UNION -> composite((BtfType.Composite) btf.type(id), depth);
            case VOID, FWD, FUNC, FUNC_PROTO, DATASEC, DECL_TAG, UNKNOWN ->
                throw new BtfFormatException(
                        "types", -1, "type " + id + " of kind " + btf.kind(id), "a type that has an alignment");
        };
    }

    /** A member off its own alignment, or a size that is no multiple, shows a packed type: 1. */
    private int composite(BtfType.Composite type, int depth) {
        int most = 1;
        for (BtfType.Member member : type.members()) {
            int align = alignOf(member.typeId(), depth + 1);
            if (member.bitfieldSize() == 0 && member.bitOffset() % (8 * align) != 0) {
                return 1;
            }
            most = Math.max(most, align);
        }
        return type.size() % most == 0 ? most : 1;
    }

    private static BtfFormatException tooDeep(int id) {
        return new BtfFormatException(
                "types", -1, "type " + id + " nested deeper than " + DEPTH, "a chain that ends earlier");
    }
}
