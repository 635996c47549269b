package dev.ebpf4j.btf;

/**
 * The kinds of BTF types, with the shape that each has after its 12-byte common header.
 *
 * <p>Source of the format: the kernel's {@code include/uapi/linux/btf.h}. The constants are in the
 * order of their numbers.
 */
public enum BtfKind {
    /** Type id 0. */
    VOID(0, BtfType.Void.class, 0, 0),
    /** Integer. */
    INT(1, BtfType.Int.class, 1, 0),
    /** Pointer. */
    PTR(2, BtfType.Ptr.class, 0, 0),
    /** Array. */
    ARRAY(3, BtfType.Array.class, 3, 0),
    /** Struct. */
    STRUCT(4, BtfType.Struct.class, 0, 3),
    /** Union. */
    UNION(5, BtfType.Union.class, 0, 3),
    /** Enum of up to 32 bits. */
    ENUM(6, BtfType.Enum.class, 0, 2),
    /** Forward declaration of a struct or union. */
    FWD(7, BtfType.Fwd.class, 0, 0),
    /** Typedef. */
    TYPEDEF(8, BtfType.Typedef.class, 0, 0),
    /** Volatile. */
    VOLATILE(9, BtfType.Volatile.class, 0, 0),
    /** Const. */
    CONST(10, BtfType.Const.class, 0, 0),
    /** Restrict. */
    RESTRICT(11, BtfType.Restrict.class, 0, 0),
    /** Function. */
    FUNC(12, BtfType.Func.class, 0, 0),
    /** Function prototype. */
    FUNC_PROTO(13, BtfType.FuncProto.class, 0, 2),
    /** Variable. */
    VAR(14, BtfType.Var.class, 1, 0),
    /** ELF data section. */
    DATASEC(15, BtfType.DataSec.class, 0, 3),
    /** Floating point number. */
    FLOAT(16, BtfType.Float.class, 0, 0),
    /** Tag on a declaration. */
    DECL_TAG(17, BtfType.DeclTag.class, 1, 0),
    /** Tag on a type. */
    TYPE_TAG(18, BtfType.TypeTag.class, 0, 0),
    /** Enum of 64 bits. */
    ENUM64(19, BtfType.Enum64.class, 0, 3),
    /** A kind newer than this library, known by its size only. */
    UNKNOWN(-1, BtfType.Unknown.class, 0, 0);

    private static final BtfKind[] ALL = values();

    /** How many kinds have a number, {@link #VOID} included. */
    static final int KNOWN = ALL.length - 1;

    /** The number in the format; -1 for {@link #UNKNOWN}. */
    final int number;

    final int infoWords;
    final int elementWords;
    private final Class<? extends BtfType> type;

    BtfKind(int number, Class<? extends BtfType> type, int infoWords, int elementWords) {
        this.number = number;
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
