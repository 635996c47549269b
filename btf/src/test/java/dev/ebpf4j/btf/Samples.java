package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Small inputs that the tests share. */
final class Samples {
    private Samples() {}

    /** One type of every kind, and then some. */
    static final List<BtfType> EVERY_KIND = List.of(
            new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32),
            new BtfType.Ptr(4),
            new BtfType.Array(1, 1, 7),
            new BtfType.Struct(
                    "s",
                    16,
                    List.of(
                            new BtfType.Member("next", 2, 0, 0),
                            new BtfType.Member("", 5, 64, 0),
                            new BtfType.Member("bits", 1, 96, 3),
                            new BtfType.Member("more", 1, 99, 29))),
            new BtfType.Union("", 4, List.of(new BtfType.Member("i", 1, 0, 0), new BtfType.Member("e", 6, 0, 0))),
            new BtfType.Enum(
                    "e", 4, true, List.of(new BtfType.Enumerator("A", -1), new BtfType.Enumerator("B", 0x7fffffffL))),
            new BtfType.Fwd("f", true),
            new BtfType.Typedef("t", 9),
            new BtfType.Volatile(10),
            new BtfType.Const(11),
            new BtfType.Restrict(2),
            new BtfType.Func("main", 13, BtfLinkage.GLOBAL),
            new BtfType.FuncProto(1, List.of(new BtfType.Param("ctx", 2), new BtfType.Param("", 0))),
            new BtfType.Var("v", 1, BtfLinkage.STATIC),
            new BtfType.DataSec(".data", 8, List.of(new BtfType.SecInfo(14, 0, 4))),
            new BtfType.Float("double", 8),
            new BtfType.DeclTag("tag", 4, 1, false),
            new BtfType.TypeTag("user", 4, true),
            new BtfType.Enum64(
                    "e64",
                    8,
                    false,
                    List.of(new BtfType.Enumerator("BIG", -1L), new BtfType.Enumerator("LOW", 1L << 32))),
            new BtfType.Enum("u", 4, false, List.of(new BtfType.Enumerator("MAX", 0xffffffffL))),
            new BtfType.Fwd("g", false),
            new BtfType.Struct("u", 4, List.of(new BtfType.Member("x", 1, 0, 0))));

    static BtfBuilder everyKind(ByteOrder order) {
        BtfBuilder builder = new BtfBuilder(order);
        EVERY_KIND.forEach(builder::add);
        return builder;
    }

    /** A .BTF.ext with one record of each sort for section {@code s}, whose records are longer than known by 4 bytes. */
    static byte[] ext(BtfBuilder btf, boolean relocations) {
        return ext(btf, relocations, 4);
    }

    static byte[] ext(BtfBuilder btf, boolean relocations, int extra) {
        int section = btf.addString("s");
        int header = relocations ? 32 : 24;
        int functions = 4 + 8 + 8 + extra;
        int lines = 4 + 8 + 2 * (16 + extra);
        int cores = 4 + 8 + 16 + extra;
        ByteBuffer b = ByteBuffer.allocate(header + functions + lines + (relocations ? cores : 0));
        b.order(btf.build().byteOrder());
        b.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(header);
        b.putInt(0).putInt(functions).putInt(functions).putInt(lines);
        if (relocations) {
            b.putInt(functions + lines).putInt(cores);
        }
        records(b, 8 + extra, section, new int[] {0, 12});
        int file = btf.addString("a.c");
        int text = btf.addString("return 0;");
        records(b, 16 + extra, section, new int[] {0, file, text, (7 << 10) | 3}, new int[] {
            16, file, 0, (0x3fffff << 10) | 0x3ff
        });
        if (relocations) {
            records(b, 16 + extra, section, new int[] {8, 4, btf.addString("0:1:0"), 2});
        }
        return b.array();
    }

    private static void records(ByteBuffer b, int size, int section, int[]... records) {
        b.putInt(size).putInt(section).putInt(records.length);
        for (int[] record : records) {
            int start = b.position();
            for (int word : record) {
                b.putInt(word);
            }
            b.position(start + size);
        }
    }
}
