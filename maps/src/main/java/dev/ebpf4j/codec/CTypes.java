package dev.ebpf4j.codec;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfType;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What codecs ask about C types. */
final class CTypes {
    private static final int DEEPEST = 32;

    /**
     * A name of a number.
     *
     * @param name its C name
     * @param value the number
     */
    record Enumerator(String name, long value) {}

    private CTypes() {}

    /** The type behind typedefs, const and tags; null where the type is not known. */
    static @Nullable BtfType resolved(TypeRef type) {
        Btf btf = type.btf();
        return btf == null ? null : btf.type(btf.resolve(type.typeId()));
    }

    /** Its kind; null where the type is not known. */
    private static @Nullable BtfKind kind(TypeRef type) {
        Btf btf = type.btf();
        return btf == null ? null : btf.kind(btf.resolve(type.typeId()));
    }

    static ByteOrder order(TypeRef type) {
        Btf btf = type.btf();
        return btf == null ? ByteOrder.nativeOrder() : btf.byteOrder();
    }

    static boolean isBigEndian(TypeRef type) {
        return order(type) == ByteOrder.BIG_ENDIAN;
    }

    /** Whether its bytes are in the order that this machine has not. */
    static boolean isSwapped(TypeRef type) {
        return order(type) != ByteOrder.nativeOrder();
    }

    /** Whether a whole number can stand there; true where the type is not known. */
    static boolean isNumber(TypeRef type) {
        BtfKind kind = kind(type);
        return kind == null
                || kind == BtfKind.INT
                || kind == BtfKind.ENUM
                || kind == BtfKind.ENUM64
                || kind == BtfKind.PTR;
    }

    /** Whether it is an integer, and not an enum or a pointer; true where the type is not known. */
    static boolean isInteger(TypeRef type) {
        BtfKind kind = kind(type);
        return kind == null || kind == BtfKind.INT;
    }

    static boolean isPointer(TypeRef type) {
        return kind(type) == BtfKind.PTR;
    }

    static boolean isEnum(TypeRef type) {
        BtfKind kind = kind(type);
        return kind == BtfKind.ENUM || kind == BtfKind.ENUM64;
    }

    static boolean isBool(TypeRef type) {
        return resolved(type) instanceof BtfType.Int i && (i.encoding() & BtfType.Int.BOOL) != 0;
    }

    /** Whether it is a floating point number; true where the type is not known. */
    static boolean isFloat(TypeRef type) {
        BtfKind kind = kind(type);
        return kind == null || kind == BtfKind.FLOAT;
    }

    /** Whether numbers below zero are among its values; true where the type is not known. */
    static boolean isSigned(TypeRef type) {
        BtfType resolved = resolved(type);
        if (resolved instanceof BtfType.Int i) {
            return i.signed();
        }
        return resolved instanceof BtfType.Enumeration e ? e.signed() : resolved == null;
    }

    /** Whether it is an array of bytes or characters; true where the type is not known. */
    static boolean isText(TypeRef type) {
        TypeRef element = element(type);
        return type.btf() == null || (element != null && element.size() == 1 && isInteger(element));
    }

    /** Whether 4 or 16 bytes can be an address: a number, an array, a struct such as {@code in6_addr}. */
    static boolean isAddress(TypeRef type) {
        return !isPointer(type) && !isEnum(type) && (type.btf() == null || kind(type) != BtfKind.FLOAT);
    }

    /** Whether it is a struct or union with members to look at. */
    static boolean isComposite(TypeRef type) {
        BtfKind kind = kind(type);
        return kind == BtfKind.STRUCT || kind == BtfKind.UNION;
    }

    static boolean isArray(TypeRef type) {
        return kind(type) == BtfKind.ARRAY;
    }

    /** The type of an array's elements; null for other types. */
    static @Nullable TypeRef element(TypeRef type) {
        Btf btf = type.btf();
        if (btf == null || !(resolved(type) instanceof BtfType.Array array)) {
            return null;
        }
        return new TypeRef(type.what().concat("[]"), btf, array.elementTypeId(), btf.sizeOf(array.elementTypeId()));
    }

    /** How many elements an array has, 0 if it is flexible. */
    static int count(TypeRef type) {
        return resolved(type) instanceof BtfType.Array array ? (int) array.count() : 0;
    }

    /** The names of an enum's numbers, in order. */
    static List<Enumerator> enumerators(TypeRef type) {
        List<Enumerator> enumerators = new ArrayList<>();
        if (resolved(type) instanceof BtfType.Enumeration e) {
            for (BtfType.Enumerator enumerator : e.enumerators()) {
                enumerators.add(new Enumerator(enumerator.name(), enumerator.value()));
            }
        }
        return enumerators;
    }

    /** The type's name as C writes it, near enough for a message. */
    static String name(TypeRef type) {
        Btf btf = type.btf();
        return btf == null ? "type without BTF" : name(btf, type.typeId(), 0);
    }

    private static String name(Btf btf, int id, int depth) {
        if (depth > DEEPEST) {
            return "...";
        }
        return switch (btf.type(id)) {
            case BtfType.Struct s -> s.name().isEmpty() ? "struct" : "struct " + s.name();
            case BtfType.Union u -> u.name().isEmpty() ? "union" : "union " + u.name();
            case BtfType.Enumeration e -> e.name().isEmpty() ? "enum" : "enum " + e.name();
            case BtfType.Ptr p -> name(btf, p.typeId(), depth + 1) + " *";
            case BtfType.Array a -> array(btf, a, depth);
            case BtfType.Modifier m -> name(btf, m.typeId(), depth + 1);
            case BtfType.Void v -> "void";
            case BtfType named -> named.name();
        };
    }

    /** {@code int[2][3]}, the outermost length first. */
    private static String array(Btf btf, BtfType.Array array, int depth) {
        StringBuilder lengths = new StringBuilder();
        BtfType.Array inner = array;
        for (int i = depth; ; i++) {
            lengths.append('[').append(inner.count() == 0 ? "" : inner.count()).append(']');
            int element = inner.elementTypeId();
            if (i > DEEPEST || !(btf.type(btf.resolve(element)) instanceof BtfType.Array next)) {
                return name(btf, element, depth + 1) + lengths;
            }
            inner = next;
        }
    }
}
