package dev.ebpf4j.btf;

import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * One type of a {@link Btf}: an immutable record per kind that refers to other types by id, 0 being void.
 *
 * <p>Sizes are in bytes, member offsets in bits. An anonymous type, member or parameter has the name {@code ""}.
 */
@SuppressWarnings("AvoidCommonTypeNames") // The kernel's words, always written BtfType.Enum and so on.
public sealed interface BtfType {

    /**
     * The name.
     *
     * @return the name, or {@code ""} for anonymous types and for kinds without a name
     */
    default String name() {
        return "";
    }

    /**
     * The same type with every type id that it refers to replaced.
     *
     * @param map gives the new id for an old one
     * @return a copy
     */
    default BtfType mapTypeIds(IntUnaryOperator map) {
        return BtfTypeIds.map(this, map);
    }

    /** A struct or union. */
    sealed interface Composite extends BtfType permits Struct, Union {
        /**
         * The size.
         *
         * @return bytes
         */
        int size();

        /**
         * The members in source order.
         *
         * @return an immutable list
         */
        List<Member> members();
    }

    /** A 32- or 64-bit enum. */
    sealed interface Enumeration extends BtfType permits Enum, Enum64 {
        /**
         * The size.
         *
         * @return bytes
         */
        int size();

        /**
         * Whether values are signed.
         *
         * @return true when signed
         */
        boolean signed();

        /**
         * The enumerators in source order.
         *
         * @return an immutable list
         */
        List<Enumerator> enumerators();
    }

    /** A wrapper that changes neither size nor layout: const, volatile, restrict or a type tag. */
    sealed interface Modifier extends BtfType permits Volatile, Const, Restrict, TypeTag {
        /**
         * The wrapped type.
         *
         * @return its id
         */
        int typeId();
    }

    /** Type id 0. */
    record Void() implements BtfType {}

    /**
     * An integer, character or boolean.
     *
     * @param name C name
     * @param size bytes
     * @param encoding {@link #SIGNED}, {@link #CHAR} and {@link #BOOL} bits
     * @param bitOffset bits below the value; not 0 only in old-style bitfields
     * @param bits width of the value
     */
    record Int(String name, int size, int encoding, int bitOffset, int bits) implements BtfType {
        /** Encoding bit: signed. */
        public static final int SIGNED = 1;
        /** Encoding bit: a character. */
        public static final int CHAR = 2;
        /** Encoding bit: a boolean. */
        public static final int BOOL = 4;

        /**
         * Whether the signed bit is set.
         *
         * @return true when signed
         */
        public boolean signed() {
            return (encoding & SIGNED) != 0;
        }
    }

    /**
     * A pointer.
     *
     * @param typeId what it points to
     */
    record Ptr(int typeId) implements BtfType {}

    /**
     * An array.
     *
     * @param elementTypeId the element type
     * @param indexTypeId the type of the index
     * @param count number of elements, up to 2^32 - 1; 0 for a flexible array
     */
    record Array(int elementTypeId, int indexTypeId, long count) implements BtfType {}

    /**
     * A struct.
     *
     * @param name tag, or {@code ""}
     * @param size bytes
     * @param members members in source order
     */
    record Struct(String name, int size, List<Member> members) implements Composite {
        /** Copies the list. */
        public Struct {
            members = List.copyOf(members);
        }
    }

    /**
     * A union.
     *
     * @param name tag, or {@code ""}
     * @param size bytes
     * @param members members in source order
     */
    record Union(String name, int size, List<Member> members) implements Composite {
        /** Copies the list. */
        public Union {
            members = List.copyOf(members);
        }
    }

    /**
     * A member of a struct or union.
     *
     * @param name name, or {@code ""} for an anonymous struct or union
     * @param typeId its type
     * @param bitOffset offset in bits
     * @param bitfieldSize width in bits of a bitfield, else 0
     */
    record Member(String name, int typeId, int bitOffset, int bitfieldSize) {}

    /**
     * An enum of up to 32 bits.
     *
     * @param name tag, or {@code ""}
     * @param size bytes
     * @param signed whether values are signed
     * @param enumerators in source order
     */
    record Enum(String name, int size, boolean signed, List<Enumerator> enumerators) implements Enumeration {
        /** Copies the list. */
        public Enum {
            enumerators = List.copyOf(enumerators);
        }
    }

    /**
     * A named value of an enum.
     *
     * @param name its name
     * @param value the value, sign- or zero-extended as the enum says; of an unsigned 64-bit enum, its bits
     */
    record Enumerator(String name, long value) {}

    /**
     * A forward declaration.
     *
     * @param name tag
     * @param union whether of a union; else of a struct
     */
    record Fwd(String name, boolean union) implements BtfType {}

    /**
     * A typedef.
     *
     * @param name its name
     * @param typeId what it stands for
     */
    record Typedef(String name, int typeId) implements BtfType {}

    /**
     * {@code volatile}.
     *
     * @param typeId the wrapped type
     */
    record Volatile(int typeId) implements Modifier {}

    /**
     * {@code const}.
     *
     * @param typeId the wrapped type
     */
    record Const(int typeId) implements Modifier {}

    /**
     * {@code restrict}.
     *
     * @param typeId the wrapped type
     */
    record Restrict(int typeId) implements Modifier {}

    /**
     * A function.
     *
     * @param name its name
     * @param typeId its {@link FuncProto}
     * @param linkage its linkage
     */
    record Func(String name, int typeId, BtfLinkage linkage) implements BtfType {}

    /**
     * A function prototype.
     *
     * @param returnTypeId the type it returns
     * @param params its parameters
     */
    record FuncProto(int returnTypeId, List<Param> params) implements BtfType {
        /** Copies the list. */
        public FuncProto {
            params = List.copyOf(params);
        }
    }

    /**
     * A parameter of a function prototype.
     *
     * @param name name, or {@code ""}
     * @param typeId its type; 0 in last place stands for {@code ...}
     */
    record Param(String name, int typeId) {}

    /**
     * A global or static variable.
     *
     * @param name its name
     * @param typeId its type
     * @param linkage its linkage
     */
    record Var(String name, int typeId, BtfLinkage linkage) implements BtfType {}

    /**
     * An ELF section of variables.
     *
     * @param name section name
     * @param size bytes; clang leaves 0 here
     * @param vars its contents
     */
    record DataSec(String name, int size, List<SecInfo> vars) implements BtfType {
        /** Copies the list. */
        public DataSec {
            vars = List.copyOf(vars);
        }
    }

    /**
     * The place of a variable in a section.
     *
     * @param typeId the {@link Var}, or a {@link Func} for external functions
     * @param offset bytes from the start of the section; clang leaves 0 here
     * @param size bytes
     */
    record SecInfo(int typeId, int offset, int size) {}

    /**
     * A floating point number.
     *
     * @param name C name
     * @param size bytes
     */
    record Float(String name, int size) implements BtfType {}

    /**
     * A tag on a declaration.
     *
     * @param name the tag's text
     * @param typeId what is tagged
     * @param component index of the tagged member or parameter; -1 for the type as a whole
     * @param attribute whether the text is a compiler attribute, not a BTF tag
     */
    record DeclTag(String name, int typeId, int component, boolean attribute) implements BtfType {}

    /**
     * A tag on a type.
     *
     * @param name the tag's text
     * @param typeId the wrapped type
     * @param attribute whether the text is a compiler attribute, not a BTF tag
     */
    record TypeTag(String name, int typeId, boolean attribute) implements Modifier {}

    /**
     * An enum of 64 bits.
     *
     * @param name tag, or {@code ""}
     * @param size bytes
     * @param signed whether values are signed
     * @param enumerators in source order
     */
    record Enum64(String name, int size, boolean signed, List<Enumerator> enumerators) implements Enumeration {
        /** Copies the list. */
        public Enum64 {
            enumerators = List.copyOf(enumerators);
        }
    }

    /**
     * A type of a kind newer than this library, skipped by means of the layout section.
     *
     * @param name its name
     * @param kind the number of the kind
     */
    record Unknown(String name, int kind) implements BtfType {}
}
