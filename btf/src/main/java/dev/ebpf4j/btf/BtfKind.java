package dev.ebpf4j.btf;

/**
 * The kinds of BTF types, with the shape that each has after its 12-byte common header.
 *
 * <p>Source of the format: the kernel's {@code include/uapi/linux/btf.h}. Up to {@link #ENUM64} the ordinal is the
 * number in the format.
 */
public enum BtfKind {
    /** Type id 0. */
    VOID(BtfType.Void.class, 0, 0),
    /** Integer. */
    INT(BtfType.Int.class, 1, 0),
    /** Pointer. */
    PTR(BtfType.Ptr.class, 0, 0),
    /** Array. */
    ARRAY(BtfType.Array.class, 3, 0),
    /** Struct. */
    STRUCT(BtfType.Struct.class, 0, 3),
    /** Union. */
    UNION(BtfType.Union.class, 0, 3),
    /** Enum of up to 32 bits. */
    ENUM(BtfType.Enum.class, 0, 2),
    /** Forward declaration of a struct or union. */
    FWD(BtfType.Fwd.class, 0, 0),
    /** Typedef. */
    TYPEDEF(BtfType.Typedef.class, 0, 0),
    /** Volatile. */
    VOLATILE(BtfType.Volatile.class, 0, 0),
    /** Const. */
    CONST(BtfType.Const.class, 0, 0),
    /** Restrict. */
    RESTRICT(BtfType.Restrict.class, 0, 0),
    /** Function. */
    FUNC(BtfType.Func.class, 0, 0),
    /** Function prototype. */
    FUNC_PROTO(BtfType.FuncProto.class, 0, 2),
    /** Variable. */
    VAR(BtfType.Var.class, 1, 0),
    /** ELF data section. */
    DATASEC(BtfType.DataSec.class, 0, 3),
    /** Floating point number. */
    FLOAT(BtfType.Float.class, 0, 0),
    /** Tag on a declaration. */
    DECL_TAG(BtfType.DeclTag.class, 1, 0),
    /** Tag on a type. */
    TYPE_TAG(BtfType.TypeTag.class, 0, 0),
    /** Enum of 64 bits. */
    ENUM64(BtfType.Enum64.class, 0, 3),
    /** A kind newer than this library, known by its size only. */
    UNKNOWN(BtfType.Unknown.class, 0, 0);

    private static final BtfKind[] ALL = values();

    /** How many kinds have a number, {@link #VOID} included. */
    static final int KNOWN = ALL.length - 1;

    final int infoWords;
    final int elementWords;
    private final Class<? extends BtfType> type;

    BtfKind(Class<? extends BtfType> type, int infoWords, int elementWords) {
        this.type = type;
        this.infoWords = infoWords;
        this.elementWords = elementWords;
    }

    /**
     * The record that describes types of this kind.
     *
     * @return its class
     */
    public Class<? extends BtfType> type() {
        return type;
    }

    /**
     * Whether this is a 32- or 64-bit enum.
     *
     * @return true for {@link #ENUM} and {@link #ENUM64}
     */
    public boolean isEnum() {
        return this == ENUM || this == ENUM64;
    }

    /**
     * Whether this is a struct or union.
     *
     * @return true for {@link #STRUCT} and {@link #UNION}
     */
    public boolean isComposite() {
        return this == STRUCT || this == UNION;
    }

    static BtfKind of(int number) {
        return number < KNOWN ? ALL[number] : UNKNOWN;
    }
}
