package dev.ebpf4j.btf;

import java.util.List;
import java.util.function.ToIntFunction;

/** The record of one type to its words, the reverse of {@link BtfInflater}. */
final class BtfEncoder {
    private static final int OFFSET_BESIDE_WIDTH_MAX = 0xffffff;
    private static final long COUNT_MAX = 0xffffffffL;

    private final ToIntFunction<String> strings;

    /** Takes the place that gives a string its offset. */
    BtfEncoder(ToIntFunction<String> strings) {
        this.strings = strings;
    }

    int[] encode(BtfType type) {
        return switch (type) {
            case BtfType.Void t -> throw new IllegalArgumentException("void is type 0 and never written");
            case BtfType.Unknown t ->
                throw new IllegalArgumentException("a type of the unknown kind " + t.kind() + " cannot be written");
            case BtfType.Int t -> integer(t);
            case BtfType.Ptr t -> start(BtfKind.PTR, "", 0, false, t.typeId());
            case BtfType.Array t -> array(t);
            case BtfType.Struct t -> composite(BtfKind.STRUCT, t);
            case BtfType.Union t -> composite(BtfKind.UNION, t);
            case BtfType.Enum t -> enum32(t);
            case BtfType.Enum64 t -> enum64(t);
            case BtfType.Fwd t -> start(BtfKind.FWD, t.name(), 0, t.union(), 0);
            case BtfType.Typedef t -> start(BtfKind.TYPEDEF, t.name(), 0, false, t.typeId());
            case BtfType.Volatile t -> start(BtfKind.VOLATILE, "", 0, false, t.typeId());
            case BtfType.Const t -> start(BtfKind.CONST, "", 0, false, t.typeId());
            case BtfType.Restrict t -> start(BtfKind.RESTRICT, "", 0, false, t.typeId());
            case BtfType.Func t -> start(BtfKind.FUNC, t.name(), t.linkage().number, false, t.typeId());
            case BtfType.FuncProto t -> proto(t);
            case BtfType.Var t -> var(t);
            case BtfType.DataSec t -> dataSec(t);
            case BtfType.Float t -> start(BtfKind.FLOAT, t.name(), 0, false, t.size());
            case BtfType.DeclTag t -> declTag(t);
            case BtfType.TypeTag t -> start(BtfKind.TYPE_TAG, t.name(), 0, t.attribute(), t.typeId());
        };
    }

    /** Words of the right number with the first three filled in. */
    private int[] start(BtfKind kind, String name, int vlen, boolean flag, int third) {
        if (vlen > BtfWords.VLEN_MAX) {
            throw new IllegalArgumentException(vlen + " elements, at most " + BtfWords.VLEN_MAX + " fit");
        }
        int[] words = new int[BtfWords.HEADER + kind.infoWords + vlen * kind.elementWords];
        words[0] = strings.applyAsInt(name);
        words[1] = BtfWords.info(kind.number, vlen, flag);
        words[2] = third;
        return words;
    }

    private int[] integer(BtfType.Int type) {
        int[] words = start(BtfKind.INT, type.name(), 0, false, type.size());
        words[3] = (type.encoding() << 24) | (type.bitOffset() << 16) | type.bits();
        return words;
    }

    private int[] array(BtfType.Array type) {
        if (type.count() < 0 || type.count() > COUNT_MAX) {
            throw new IllegalArgumentException("an array of " + type.count() + " elements");
        }
        int[] words = start(BtfKind.ARRAY, "", 0, false, 0);
        words[3] = type.elementTypeId();
        words[4] = type.indexTypeId();
        words[5] = (int) type.count();
        return words;
    }

    private int[] composite(BtfKind kind, BtfType.Composite type) {
        List<BtfType.Member> members = type.members();
        boolean bitfields = members.stream().anyMatch(m -> m.bitfieldSize() != 0);
        int[] words = start(kind, type.name(), members.size(), bitfields, type.size());
        int at = BtfWords.HEADER;
        for (BtfType.Member member : members) {
            if (bitfields && member.bitOffset() > OFFSET_BESIDE_WIDTH_MAX) {
                throw new IllegalArgumentException("bit offset " + member.bitOffset() + " in a struct with bitfields");
            }
            words[at++] = strings.applyAsInt(member.name());
            words[at++] = member.typeId();
            words[at++] = member.bitOffset() | (member.bitfieldSize() << 24);
        }
        return words;
    }

    private int[] enum32(BtfType.Enum type) {
        int[] words = start(BtfKind.ENUM, type.name(), type.enumerators().size(), type.signed(), type.size());
        int at = BtfWords.HEADER;
        for (BtfType.Enumerator enumerator : type.enumerators()) {
            words[at++] = strings.applyAsInt(enumerator.name());
            words[at++] = (int) enumerator.value();
        }
        return words;
    }

    private int[] enum64(BtfType.Enum64 type) {
        int[] words = start(BtfKind.ENUM64, type.name(), type.enumerators().size(), type.signed(), type.size());
        int at = BtfWords.HEADER;
        for (BtfType.Enumerator enumerator : type.enumerators()) {
            words[at++] = strings.applyAsInt(enumerator.name());
            words[at++] = (int) enumerator.value();
            words[at++] = (int) (enumerator.value() >>> 32);
        }
        return words;
    }

    private int[] proto(BtfType.FuncProto type) {
        int[] words = start(BtfKind.FUNC_PROTO, "", type.params().size(), false, type.returnTypeId());
        int at = BtfWords.HEADER;
        for (BtfType.Param param : type.params()) {
            words[at++] = strings.applyAsInt(param.name());
            words[at++] = param.typeId();
        }
        return words;
    }

    private int[] var(BtfType.Var type) {
        int[] words = start(BtfKind.VAR, type.name(), 0, false, type.typeId());
        words[3] = type.linkage().number;
        return words;
    }

    private int[] dataSec(BtfType.DataSec type) {
        int[] words = start(BtfKind.DATASEC, type.name(), type.vars().size(), false, type.size());
        int at = BtfWords.HEADER;
        for (BtfType.SecInfo var : type.vars()) {
            words[at++] = var.typeId();
            words[at++] = var.offset();
            words[at++] = var.size();
        }
        return words;
    }

    private int[] declTag(BtfType.DeclTag type) {
        int[] words = start(BtfKind.DECL_TAG, type.name(), 0, type.attribute(), type.typeId());
        words[3] = type.component();
        return words;
    }
}
