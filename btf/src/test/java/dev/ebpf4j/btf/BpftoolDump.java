package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.List;

/** Prints types the way that {@code bpftool btf dump format raw} does. */
final class BpftoolDump {
    private final Btf btf;
    private final List<String> lines = new ArrayList<>();

    private BpftoolDump(Btf btf) {
        this.btf = btf;
    }

    static List<String> of(Btf btf) {
        BpftoolDump dump = new BpftoolDump(btf);
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            dump.type(id, btf.type(id));
        }
        return dump.lines;
    }

    private void type(int id, BtfType type) {
        switch (type) {
            case BtfType.Void t -> throw new AssertionError(t);
            case BtfType.Unknown t -> head(id, "kind " + t.kind(), t.name(), "");
            case BtfType.Int t ->
                head(
                        id,
                        "INT",
                        t.name(),
                        "size=%d bits_offset=%d nr_bits=%d encoding=%s"
                                .formatted(t.size(), t.bitOffset(), t.bits(), encoding(t.encoding())));
            case BtfType.Ptr t -> head(id, "PTR", "", "type_id=" + t.typeId());
            case BtfType.Const t -> head(id, "CONST", "", "type_id=" + t.typeId());
            case BtfType.Volatile t -> head(id, "VOLATILE", "", "type_id=" + t.typeId());
            case BtfType.Restrict t -> head(id, "RESTRICT", "", "type_id=" + t.typeId());
            case BtfType.Typedef t -> head(id, "TYPEDEF", t.name(), "type_id=" + t.typeId());
            case BtfType.TypeTag t -> head(id, "TYPE_TAG", t.name(), "type_id=" + t.typeId());
            case BtfType.DeclTag t ->
                head(id, "DECL_TAG", t.name(), "type_id=%d component_idx=%d".formatted(t.typeId(), t.component()));
            case BtfType.Array t ->
                head(
                        id,
                        "ARRAY",
                        "",
                        "type_id=%d index_type_id=%d nr_elems=%d"
                                .formatted(t.elementTypeId(), t.indexTypeId(), t.count()));
            case BtfType.Composite t -> composite(id, t);
            case BtfType.Enumeration t -> enumeration(id, t);
            case BtfType.Fwd t -> head(id, "FWD", t.name(), "fwd_kind=" + (t.union() ? "union" : "struct"));
            case BtfType.Float t -> head(id, "FLOAT", t.name(), "size=" + t.size());
            case BtfType.Func t ->
                head(id, "FUNC", t.name(), "type_id=%d linkage=%s".formatted(t.typeId(), linkage(t.linkage())));
            case BtfType.Var t ->
                head(id, "VAR", t.name(), "type_id=%d, linkage=%s".formatted(t.typeId(), linkage(t.linkage())));
            case BtfType.FuncProto t -> {
                head(
                        id,
                        "FUNC_PROTO",
                        "",
                        "ret_type_id=%d vlen=%d"
                                .formatted(t.returnTypeId(), t.params().size()));
                t.params().forEach(p -> lines.add("\t'%s' type_id=%d".formatted(anon(p.name()), p.typeId())));
            }
            case BtfType.DataSec t -> {
                head(
                        id,
                        "DATASEC",
                        t.name(),
                        "size=%d vlen=%d".formatted(t.size(), t.vars().size()));
                t.vars()
                        .forEach(v -> lines.add("\ttype_id=%d offset=%d size=%d (%s '%s')"
                                .formatted(
                                        v.typeId(), v.offset(), v.size(), btf.kind(v.typeId()), btf.name(v.typeId()))));
            }
        }
    }

    private void composite(int id, BtfType.Composite type) {
        head(
                id,
                type instanceof BtfType.Union ? "UNION" : "STRUCT",
                type.name(),
                "size=%d vlen=%d".formatted(type.size(), type.members().size()));
        for (BtfType.Member m : type.members()) {
            String width = m.bitfieldSize() == 0 ? "" : " bitfield_size=" + m.bitfieldSize();
            lines.add("\t'%s' type_id=%d bits_offset=%d%s".formatted(anon(m.name()), m.typeId(), m.bitOffset(), width));
        }
    }

    private void enumeration(int id, BtfType.Enumeration type) {
        boolean wide = type instanceof BtfType.Enum64;
        head(
                id,
                wide ? "ENUM64" : "ENUM",
                type.name(),
                "encoding=%s size=%d vlen=%d"
                        .formatted(
                                type.signed() ? "SIGNED" : "UNSIGNED",
                                type.size(),
                                type.enumerators().size()));
        for (BtfType.Enumerator e : type.enumerators()) {
            String value = type.signed() ? Long.toString(e.value()) : Long.toUnsignedString(e.value());
            String suffix = !wide ? "" : type.signed() ? "LL" : "ULL";
            lines.add("\t'%s' val=%s%s".formatted(anon(e.name()), value, suffix));
        }
    }

    private void head(int id, String kind, String name, String rest) {
        lines.add("[%d] %s '%s' %s".formatted(id, kind, anon(name), rest));
    }

    private static String anon(String name) {
        return name.isEmpty() ? "(anon)" : name;
    }

    private static String encoding(int encoding) {
        return switch (encoding) {
            case 0 -> "(none)";
            case BtfType.Int.SIGNED -> "SIGNED";
            case BtfType.Int.CHAR -> "CHAR";
            case BtfType.Int.BOOL -> "BOOL";
            default -> "UNKN";
        };
    }

    private static String linkage(BtfLinkage linkage) {
        return switch (linkage) {
            case STATIC -> "static";
            case GLOBAL -> "global";
            case EXTERN -> "extern";
        };
    }
}
