package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.List;

/** A type as a cast has it: {@code struct list_head *}, {@code char[16]}, {@code int (*)(void)}; without qualifiers. */
final class CTypeText {
    private static final int CHAIN = 64;

    private CTypeText() {}

    static String of(Btf btf, int id) {
        return of(btf, id, "", 0);
    }

    private static String of(Btf btf, int id, String name, int depth) {
        String declarator = name;
        boolean pointer = false;
        int at = id;
        for (int step = 0; step < CHAIN && depth < BtfSizes.DEPTH; step++) {
            switch (btf.type(at)) {
                case BtfType.Modifier type -> at = type.typeId();
                case BtfType.Ptr type -> {
                    declarator = "*" + declarator;
                    pointer = true;
                    at = type.typeId();
                }
                case BtfType.Array type -> {
                    declarator = (pointer ? "(" + declarator + ")" : declarator) + "[" + type.count() + "]";
                    pointer = false;
                    at = type.elementTypeId();
                }
                case BtfType.FuncProto type -> {
                    declarator = (pointer ? "(" + declarator + ")" : declarator) + params(btf, type, depth);
                    pointer = false;
                    at = type.returnTypeId();
                }
                case BtfType type -> {
                    boolean close = declarator.isEmpty() || declarator.startsWith("[");
                    return base(type) + (close ? "" : " ") + declarator;
                }
            }
        }
        throw new BtfFormatException("types", -1, "type " + id + " nested deeper than " + CHAIN, "a type that ends");
    }

    private static String params(Btf btf, BtfType.FuncProto type, int depth) {
        if (type.params().isEmpty()) {
            return "(void)";
        }
        List<String> params = new ArrayList<>();
        for (BtfType.Param param : type.params()) {
            boolean open = param.typeId() == 0 && params.size() == type.params().size() - 1;
            params.add(open ? "..." : of(btf, param.typeId(), param.name(), depth + 1));
        }
        return "(" + String.join(", ", params) + ")";
    }

    private static String base(BtfType type) {
        String name = type.name();
        return switch (type) {
            case BtfType.Void _ -> "void";
            case BtfType.Struct _ -> ("struct " + name).strip();
            case BtfType.Union _ -> ("union " + name).strip();
            case BtfType.Enumeration _ -> ("enum " + name).strip();
            case BtfType.Fwd fwd -> (fwd.union() ? "union " : "struct ") + name;
            default -> name;
        };
    }
}
