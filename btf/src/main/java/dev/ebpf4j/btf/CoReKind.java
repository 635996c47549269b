package dev.ebpf4j.btf;

import java.util.List;

/** What a CO-RE relocation asks about its type, field or enumerator; the UAPI's 13 kinds, in the UAPI's order. */
public enum CoReKind {
    /** Byte offset of a field; of a bitfield, that of the smallest aligned container. */
    FIELD_BYTE_OFFSET,
    /** Size of a field in bytes; of a bitfield, that of its container. */
    FIELD_BYTE_SIZE,
    /** 1 if the field exists, else 0. */
    FIELD_EXISTS,
    /** 1 if the field is signed, else 0. */
    FIELD_SIGNED,
    /** Left shift that brings the field to the top of 64 bits. */
    FIELD_LSHIFT_U64,
    /** Right shift that then brings it down. */
    FIELD_RSHIFT_U64,
    /** Type id in the program's own BTF. */
    TYPE_ID_LOCAL,
    /** Type id in the target's BTF; 0 when missing. */
    TYPE_ID_TARGET,
    /** 1 if a compatible type exists, else 0. */
    TYPE_EXISTS,
    /** Size of the type in bytes; 0 when missing. */
    TYPE_SIZE,
    /** 1 if the enumerator exists, else 0. */
    ENUMVAL_EXISTS,
    /** Value of the enumerator. */
    ENUMVAL_VALUE,
    /** 1 if a type with the same members, by name and type, exists, else 0. */
    TYPE_MATCHES;

    private static final CoReKind[] ALL = values();

    /** How many kinds there are: numbers from here on are errors. */
    static final int COUNT = ALL.length;

    static CoReKind of(int number) {
        return ALL[number];
    }

    /** The UAPI's number, the inverse of {@link #of}. */
    int number() {
        return List.of(ALL).indexOf(this);
    }

    /**
     * Whether it is about a field.
     *
     * @return true for {@code FIELD_}
     */
    public boolean isField() {
        return switch (this) {
            case FIELD_BYTE_OFFSET, FIELD_BYTE_SIZE, FIELD_EXISTS, FIELD_SIGNED, FIELD_LSHIFT_U64, FIELD_RSHIFT_U64 ->
                true;
            default -> false;
        };
    }

    /**
     * Whether it is about an enumerator.
     *
     * @return true for {@code ENUMVAL_}
     */
    public boolean isEnumValue() {
        return this == ENUMVAL_EXISTS || this == ENUMVAL_VALUE;
    }

    /**
     * Whether it is about a type as a whole.
     *
     * @return true for {@code TYPE_}
     */
    public boolean isType() {
        return !isField() && !isEnumValue();
    }
}
