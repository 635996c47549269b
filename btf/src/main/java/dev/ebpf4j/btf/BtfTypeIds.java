package dev.ebpf4j.btf;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/** The references that each kind of type holds, in one exhaustive switch. */
final class BtfTypeIds {
    private BtfTypeIds() {}

    /** Every id that a type refers to. */
    static void forEach(BtfType type, IntConsumer action) {
        BtfType unchanged = map(type, id -> {
            action.accept(id);
            return id;
        });
        assert unchanged.equals(type);
    }

    static BtfType map(BtfType type, IntUnaryOperator map) {
        return switch (type) {
            case BtfType.Void t -> t;
            case BtfType.Int t -> t;
            case BtfType.Enum t -> t;
            case BtfType.Enum64 t -> t;
            case BtfType.Fwd t -> t;
            case BtfType.Float t -> t;
            case BtfType.Unknown t -> t;
            case BtfType.Ptr t -> new BtfType.Ptr(map.applyAsInt(t.typeId()));
            case BtfType.Array t ->
                new BtfType.Array(map.applyAsInt(t.elementTypeId()), map.applyAsInt(t.indexTypeId()), t.count());
            case BtfType.Struct t -> new BtfType.Struct(t.name(), t.size(), members(t.members(), map));
            case BtfType.Union t -> new BtfType.Union(t.name(), t.size(), members(t.members(), map));
            case BtfType.Typedef t -> new BtfType.Typedef(t.name(), map.applyAsInt(t.typeId()));
            case BtfType.Volatile t -> new BtfType.Volatile(map.applyAsInt(t.typeId()));
            case BtfType.Const t -> new BtfType.Const(map.applyAsInt(t.typeId()));
            case BtfType.Restrict t -> new BtfType.Restrict(map.applyAsInt(t.typeId()));
            case BtfType.TypeTag t -> new BtfType.TypeTag(t.name(), map.applyAsInt(t.typeId()), t.attribute());
            case BtfType.Func t -> new BtfType.Func(t.name(), map.applyAsInt(t.typeId()), t.linkage());
            case BtfType.FuncProto t ->
                new BtfType.FuncProto(
                        map.applyAsInt(t.returnTypeId()),
                        t.params().stream()
                                .map(p -> new BtfType.Param(p.name(), map.applyAsInt(p.typeId())))
                                .toList());
            case BtfType.Var t -> new BtfType.Var(t.name(), map.applyAsInt(t.typeId()), t.linkage());
            case BtfType.DataSec t ->
                new BtfType.DataSec(
                        t.name(),
                        t.size(),
                        t.vars().stream()
                                .map(v -> new BtfType.SecInfo(map.applyAsInt(v.typeId()), v.offset(), v.size()))
                                .toList());
            case BtfType.DeclTag t ->
                new BtfType.DeclTag(t.name(), map.applyAsInt(t.typeId()), t.component(), t.attribute());
        };
    }

    private static List<BtfType.Member> members(List<BtfType.Member> members, IntUnaryOperator map) {
        return members.stream()
                .map(m -> new BtfType.Member(m.name(), map.applyAsInt(m.typeId()), m.bitOffset(), m.bitfieldSize()))
                .toList();
    }
}
