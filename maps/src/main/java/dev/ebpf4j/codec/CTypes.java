package dev.ebpf4j.codec;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import java.util.ArrayList;
import java.util.List;

/** What codecs ask about C types. */
final class CTypes {
    private static final int DEEPEST = 32;

    /**
     * A member of a struct.
     *
     * @param name its name
     * @param type its type; the size of a bitfield's is 0
     * @param offset bytes from the start of the struct
     */
    record Member(String name, TypeRef type, int offset) {
        String declaration() {
            return CTypes.name(type) + " " + name;
        }
    }

    private CTypes() {}

    /** Whether a number can stand there; true where the type is not known. */
    static boolean isNumber(TypeRef type) {
        Btf btf = type.btf();
        if (btf == null) {
            return true;
        }
        return switch (btf.type(btf.resolve(type.typeId()))) {
            case BtfType.Int i -> true;
            case BtfType.Enumeration e -> true;
            case BtfType.Ptr p -> true;
            case BtfType.Float f -> true;
            default -> false;
        };
    }

    /** Whether it is an array of bytes or characters; true where the type is not known. */
    static boolean isText(TypeRef type) {
        Btf btf = type.btf();
        return btf == null
                || (btf.type(btf.resolve(type.typeId())) instanceof BtfType.Array array
                        && btf.type(btf.resolve(array.elementTypeId())) instanceof BtfType.Int element
                        && element.size() == 1);
    }

    /** Whether it is a struct with members to look at. */
    static boolean isStruct(TypeRef type) {
        Btf btf = type.btf();
        return btf != null && btf.type(btf.resolve(type.typeId())) instanceof BtfType.Struct;
    }

    /** The members of a struct, in order. */
    static List<Member> members(TypeRef type) {
        Btf btf = type.btf();
        if (btf == null || !(btf.type(btf.resolve(type.typeId())) instanceof BtfType.Struct struct)) {
            return List.of();
        }
        List<Member> members = new ArrayList<>();
        for (BtfType.Member member : struct.members()) {
            boolean bitfield = member.bitfieldSize() != 0 || member.bitOffset() % 8 != 0;
            int size = bitfield ? 0 : btf.sizeOf(member.typeId());
            TypeRef memberType = new TypeRef(type.what() + "." + member.name(), btf, member.typeId(), size);
            members.add(new Member(member.name(), memberType, member.bitOffset() / 8));
        }
        return members;
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
            case BtfType.Struct s -> "struct " + s.name();
            case BtfType.Union u -> "union " + u.name();
            case BtfType.Enumeration e -> "enum " + e.name();
            case BtfType.Ptr p -> name(btf, p.typeId(), depth + 1) + " *";
            case BtfType.Array a -> name(btf, a.elementTypeId(), depth + 1) + "[" + a.count() + "]";
            case BtfType.Modifier m -> name(btf, m.typeId(), depth + 1);
            case BtfType.Void v -> "void";
            case BtfType named -> named.name();
        };
    }
}
