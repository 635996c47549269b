package dev.ebpf4j.btf;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes the record of one type out of its checked words. */
final class BtfInflater {
    private final IntBuffer words;
    private final NameReader names;

    BtfInflater(IntBuffer words, BtfStrings strings) {
        this.words = words;
        this.names = new NameReader(strings);
    }

    /** The type that starts at this word. */
    BtfType inflate(int at) {
        int info = words.get(at + 1);
        int vlen = BtfWords.vlen(info);
        boolean flag = BtfWords.flag(info);
        String name = names.read(words.get(at));
        int third = words.get(at + 2);
        int body = at + BtfWords.HEADER;
        return switch (BtfKind.of(BtfWords.kind(info))) {
            case VOID -> new BtfType.Void();
            case INT -> integer(name, third, words.get(body));
            case PTR -> new BtfType.Ptr(third);
            case ARRAY ->
                new BtfType.Array(words.get(body), words.get(body + 1), Integer.toUnsignedLong(words.get(body + 2)));
            case STRUCT -> new BtfType.Struct(name, third, members(body, vlen, flag));
            case UNION -> new BtfType.Union(name, third, members(body, vlen, flag));
            case ENUM -> new BtfType.Enum(name, third, flag, enumerators(body, vlen, flag));
            case FWD -> new BtfType.Fwd(name, flag);
            case TYPEDEF -> new BtfType.Typedef(name, third);
            case VOLATILE -> new BtfType.Volatile(third);
            case CONST -> new BtfType.Const(third);
            case RESTRICT -> new BtfType.Restrict(third);
            case FUNC -> new BtfType.Func(name, third, BtfLinkage.of(vlen));
            case FUNC_PROTO -> new BtfType.FuncProto(third, params(body, vlen));
            case VAR -> new BtfType.Var(name, third, BtfLinkage.of(words.get(body)));
            case DATASEC -> new BtfType.DataSec(name, third, vars(body, vlen));
            case FLOAT -> new BtfType.Float(name, third);
            case DECL_TAG -> new BtfType.DeclTag(name, third, words.get(body), flag);
            case TYPE_TAG -> new BtfType.TypeTag(name, third, flag);
            case ENUM64 -> new BtfType.Enum64(name, third, flag, enumerators64(body, vlen));
            case UNKNOWN -> new BtfType.Unknown(name, BtfWords.kind(info));
        };
    }

    /** Integer word: encoding in bits 24 to 27, bit offset in 16 to 23, width in 0 to 7. */
    private static BtfType.Int integer(String name, int size, int word) {
        return new BtfType.Int(name, size, (word >>> 24) & 0xf, (word >>> 16) & 0xff, word & 0xff);
    }

    /** With kind_flag the last word of a member is width &lt;&lt; 24 | bit offset, else the bit offset. */
    private List<BtfType.Member> members(int body, int vlen, boolean flag) {
        List<BtfType.Member> members = new ArrayList<>(vlen);
        for (int i = 0, at = body; i < vlen; i++, at += 3) {
            int place = words.get(at + 2);
            int offset = flag ? place & 0xffffff : place;
            members.add(
                    new BtfType.Member(names.read(words.get(at)), words.get(at + 1), offset, flag ? place >>> 24 : 0));
        }
        return members;
    }

    private List<BtfType.Enumerator> enumerators(int body, int vlen, boolean signed) {
        List<BtfType.Enumerator> enumerators = new ArrayList<>(vlen);
        for (int i = 0, at = body; i < vlen; i++, at += 2) {
            long value = signed ? words.get(at + 1) : words.get(at + 1) & 0xffffffffL;
            enumerators.add(new BtfType.Enumerator(names.read(words.get(at)), value));
        }
        return enumerators;
    }

    private List<BtfType.Enumerator> enumerators64(int body, int vlen) {
        List<BtfType.Enumerator> enumerators = new ArrayList<>(vlen);
        for (int i = 0, at = body; i < vlen; i++, at += 3) {
            long value = (words.get(at + 1) & 0xffffffffL) | ((long) words.get(at + 2) << 32);
            enumerators.add(new BtfType.Enumerator(names.read(words.get(at)), value));
        }
        return enumerators;
    }

    private List<BtfType.Param> params(int body, int vlen) {
        List<BtfType.Param> params = new ArrayList<>(vlen);
        for (int i = 0, at = body; i < vlen; i++, at += 2) {
            params.add(new BtfType.Param(names.read(words.get(at)), words.get(at + 1)));
        }
        return params;
    }

    private List<BtfType.SecInfo> vars(int body, int vlen) {
        List<BtfType.SecInfo> vars = new ArrayList<>(vlen);
        for (int i = 0, at = body; i < vlen; i++, at += 3) {
            vars.add(new BtfType.SecInfo(words.get(at), words.get(at + 1), words.get(at + 2)));
        }
        return vars;
    }
}
