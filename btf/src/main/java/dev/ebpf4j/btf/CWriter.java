package dev.ebpf4j.btf;

import dev.ebpf4j.btf.BtfType.Array;
import dev.ebpf4j.btf.BtfType.Composite;
import dev.ebpf4j.btf.BtfType.Enumeration;
import dev.ebpf4j.btf.BtfType.Enumerator;
import dev.ebpf4j.btf.BtfType.FuncProto;
import dev.ebpf4j.btf.BtfType.Member;
import dev.ebpf4j.btf.BtfType.Param;
import dev.ebpf4j.btf.BtfType.TypeTag;
import java.util.List;

/**
 * The text of one type or declaration; what must stand before it is {@link BtfCPrinter}'s care.
 *
 * <p>A C declaration reads inside out: {@code int (*f[2])(void)} is an array of pointers to functions. So {@link
 * #declare} walks from the outermost type inwards and grows a declarator around the name; what is left at the end, the
 * base, is printed before it.
 */
final class CWriter {
    /** Longer chains of pointers, arrays and functions are not C that anybody wrote. */
    private static final int CHAIN = 64;

    private static final int DEPTH = BtfSizes.DEPTH;

    /** Parts that contain each other twice at every level would fill the memory. */
    private static final int MAX_PARTS = 1 << 17;

    private static final int MAX_TEXT = 1 << 26;

    /** A gap of more bits than this is not worth a line for every 64. */
    private static final long LONG_GAP = 1L << 16;

    private final Btf btf;
    private final CNames names;
    private final CLayout layout;
    private StringBuilder out;
    private int depth;
    private int parts;

    CWriter(Btf btf, CNames names, CLayout layout, StringBuilder out) {
        this.btf = btf;
        this.names = names;
        this.layout = layout;
        this.out = out;
    }

    /** {@code type name}, without a semicolon. */
    void declare(int id, String name, int indent) {
        enter(id);
        String declarator = name;
        StringBuilder qualifiers = new StringBuilder();
        StringBuilder tags = new StringBuilder();
        boolean pointer = false;
        int at = id;
        for (int step = 0; step < CHAIN; step++) {
            switch (btf.kind(at)) {
                case CONST -> at = qualify("const ", qualifiers, at);
                case VOLATILE -> at = qualify("volatile ", qualifiers, at);
                case RESTRICT -> at = qualify("restrict ", qualifiers, at);
                case TYPE_TAG -> at = qualify(attribute((TypeTag) btf.type(at)), tags, at);
                case PTR -> {
                    declarator = ("*" + take(qualifiers) + take(tags) + declarator).stripTrailing();
                    pointer = true;
                    at = btf.sizeOrType(at);
                }
                case ARRAY -> {
                    Array array = (Array) btf.type(at);
                    declarator = (pointer ? "(" + declarator + ")" : declarator) + "[" + array.count() + "]";
                    pointer = false;
                    at = array.elementTypeId();
                }
                case FUNC_PROTO -> {
                    FuncProto function = (FuncProto) btf.type(at);
                    take(qualifiers);
                    declarator = (pointer ? "(" + declarator + ")" : declarator) + "(" + params(function, indent) + ")";
                    pointer = false;
                    at = function.returnTypeId();
                }
                default -> {
                    out.append(qualifiers);
                    base(at, indent);
                    out.append(tags.isEmpty() ? "" : " ").append(tags.toString().stripTrailing());
                    out.append(declarator.isEmpty() ? "" : " ").append(declarator);
                    depth--;
                    return;
                }
            }
        }
        throw tooDeep(id);
    }

    private void enter(int id) {
        if (++depth > DEPTH) {
            throw tooDeep(id);
        }
        parts = depth == 1 ? 0 : parts + 1;
        if (parts > MAX_PARTS || out.length() > MAX_TEXT) {
            throw new BtfFormatException("types", -1, "type " + id + " with more parts than can be printed", "fewer");
        }
    }

    private static BtfFormatException tooDeep(int id) {
        return new BtfFormatException("types", -1, "type " + id + " nested deeper than " + DEPTH, "a type that ends");
    }

    private int qualify(String word, StringBuilder words, int id) {
        if (words.indexOf(word) < 0) {
            words.append(word);
        }
        return btf.sizeOrType(id);
    }

    private static String take(StringBuilder words) {
        String text = words.toString();
        words.setLength(0);
        return text;
    }

    private static String attribute(TypeTag tag) {
        String text = tag.name().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
        return tag.attribute() ? "__attribute__((" + text + ")) " : "__attribute__((btf_type_tag(\"" + text + "\"))) ";
    }

    private String params(FuncProto function, int indent) {
        List<Param> params = function.params();
        if (params.isEmpty()) {
            return "void";
        }
        StringBuilder text = out;
        StringBuilder list = new StringBuilder();
        out = list;
        for (int i = 0; i < params.size(); i++) {
            Param param = params.get(i);
            list.append(i == 0 ? "" : ", ");
            if (param.typeId() == 0 && i > 0 && i == params.size() - 1) {
                list.append("...");
            } else {
                declare(param.typeId(), CNames.identifier(param.name()), indent);
            }
        }
        out = text;
        return list.toString();
    }

    private void base(int id, int indent) {
        switch (btf.kind(id)) {
            case STRUCT, UNION, ENUM, ENUM64 -> {
                if (btf.name(id).isEmpty()) {
                    body(id, indent);
                } else {
                    out.append(keyword(id)).append(names.of(id));
                }
            }
            case FWD -> out.append(keyword(id)).append(names.of(id));
            case INT, FLOAT -> out.append(CNames.words(btf.name(id)));
            case TYPEDEF -> out.append(names.of(id));
            default -> out.append("void");
        }
    }

    /** {@code struct }, {@code union } or {@code enum }. */
    String keyword(int id) {
        return switch (btf.kind(id)) {
            case STRUCT -> "struct ";
            case UNION -> "union ";
            case FWD -> ((BtfType.Fwd) btf.type(id)).union() ? "union " : "struct ";
            default -> "enum ";
        };
    }

    /** The definition of a struct, union or enum, without a semicolon. */
    void body(int id, int indent) {
        body(id, names.of(id), indent);
    }

    private void body(int id, String tag, int indent) {
        out.append(keyword(id)).append(tag).append(tag.isEmpty() ? "" : " ");
        switch (btf.type(id)) {
            case Composite composite -> composite(composite, layout.packed(id), layout.align(id), indent);
            case Enumeration enumeration -> enumeration(enumeration, indent);
            default -> throw new IllegalArgumentException("type " + id + " has no body");
        }
    }

    private void composite(Composite type, boolean packed, int align, int indent) {
        enter(0);
        out.append("{\n");
        if (!isSayable(type, packed)) {
            // Members that overlap: no C struct is laid out so.
            line(indent + 1)
                    .append("unsigned char ___bytes[")
                    .append(type.size())
                    .append("];\n");
        } else if (type instanceof BtfType.Union) {
            union(type, align, indent + 1);
        } else {
            struct(type, packed, align, indent + 1);
        }
        line(indent).append(packed ? "} __attribute__((packed))" : "}");
        depth--;
    }

    private boolean isSayable(Composite type, boolean packed) {
        long end = 0;
        for (Member member : type.members()) {
            long offset = layout.offset(member);
            if (layout.natural(member, end, packed) > offset || offset + layout.width(member) > 8L * type.size()) {
                return false;
            }
            end = type instanceof BtfType.Union ? 0 : offset + layout.width(member);
        }
        return true;
    }

    private void struct(Composite type, boolean packed, int align, int indent) {
        long end = 0;
        for (Member member : type.members()) {
            long offset = layout.offset(member);
            if (layout.natural(member, end, packed) != offset) {
                pad(end, offset, indent);
            }
            member(member, indent);
            end = offset + layout.width(member);
        }
        long size = 8L * type.size();
        if (CLayout.roundUp(end, 8 * align) != size) {
            pad(end, size, indent);
        }
    }

    private void union(Composite type, int align, int indent) {
        long largest = 0;
        for (Member member : type.members()) {
            member(member, indent);
            largest = Math.max(largest, layout.width(member));
        }
        if (CLayout.roundUp(largest, 8 * align) != 8L * type.size()) {
            line(indent).append("unsigned char ___pad[").append(type.size()).append("];\n");
        }
    }

    private void member(Member member, int indent) {
        line(indent);
        int id = btf.resolve(member.typeId());
        if (member.name().isEmpty()
                && btf.type(id) instanceof Composite composite
                && !composite.name().isEmpty()) {
            // Microsoft's extension, which kernels from 6.19 on use: in standard C, the parts without the name.
            body(id, "", indent);
        } else {
            declare(member.typeId(), CNames.identifier(member.name()), indent);
        }
        int bits = layout.bits(member);
        if (bits != 0) {
            out.append(member.name().isEmpty() ? ": " : " : ").append(bits);
        }
        out.append(";\n");
    }

    /** Unnamed bit-fields from one bit to another, each on a boundary of its type; they do not align the struct. */
    private void pad(long from, long to, int indent) {
        long at = from;
        if (to - CLayout.roundUp(at, 8) > LONG_GAP) {
            at = CLayout.roundUp(at, 8);
            line(indent).append("unsigned char ___pad").append(at / 8).append('[');
            out.append((to - at) / 8).append("];\n");
            at += (to - at) / 8 * 8;
        }
        while (at < to) {
            int step = step(at, to);
            line(indent).append(unit(step)).append(": ").append(step).append(";\n");
            at += step;
        }
    }

    private static int step(long at, long to) {
        for (int bits = 64; bits >= 8; bits /= 2) {
            if (at % bits == 0 && at + bits <= to) {
                return bits;
            }
        }
        return (int) (Math.min(to, CLayout.roundUp(at + 1, 8)) - at);
    }

    private static String unit(int bits) {
        return switch (bits) {
            case 64 -> "long long";
            case 32 -> "int";
            case 16 -> "short";
            default -> "char";
        };
    }

    private void enumeration(Enumeration type, int indent) {
        out.append("{\n");
        for (Enumerator enumerator : type.enumerators()) {
            line(indent + 1).append(names.enumerator(enumerator)).append(" = ");
            out.append(value(type, enumerator.value())).append(",\n");
        }
        if (type.enumerators().isEmpty()) {
            line(indent + 1).append(names.placeholder(type)).append(",\n");
        }
        line(indent).append('}').append(mode(type));
    }

    private static String value(Enumeration type, long value) {
        String suffix = type instanceof BtfType.Enum64 ? "LL" : "";
        return type.signed()
                ? (value == Long.MIN_VALUE ? "-9223372036854775807LL - 1" : value + suffix)
                : Long.toUnsignedString(value) + (suffix.isEmpty() ? "" : "U" + suffix);
    }

    /** The compiler makes an enum an int, or 64 bits wide if a value needs that; anything else is to be said. */
    private static String mode(Enumeration type) {
        boolean wide = type.enumerators().stream()
                .anyMatch(e -> type.signed() ? e.value() != (int) e.value() : e.value() >>> 32 != 0);
        return switch (type.size()) {
            case 1 -> " __attribute__((mode(QI)))";
            case 2 -> " __attribute__((mode(HI)))";
            case 8 -> wide ? "" : " __attribute__((mode(DI)))";
            default -> "";
        };
    }

    private StringBuilder line(int indent) {
        return out.repeat('\t', indent);
    }
}
