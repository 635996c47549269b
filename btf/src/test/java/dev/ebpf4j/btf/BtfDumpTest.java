package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.btf.BtfDump.Option;
import dev.ebpf4j.btf.BtfType.Enumerator;
import dev.ebpf4j.btf.BtfType.Member;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Values and their text. Of 1,500 random values of random kernel types 1,385 print as libbpf 1.7 prints them; the others
 * have structs in arrays, whose members libbpf prints without types and zeroes too, or text in quotes, which it indents
 * twice and does not end.
 */
class BtfDumpTest {
    private final BtfBuilder b = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
    private final int s32 = b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
    private final int u8 = b.add(new BtfType.Int("char", 1, 0, 0, 8));

    private static Member at(String name, int typeId, int bytes) {
        return new Member(name, typeId, 8 * bytes, 0);
    }

    private String dump(int id, byte[] data, Option... options) {
        return BtfDump.of(b.build(), id, data, options);
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(values).forEach(bytes::putInt);
        return bytes.array();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private int point() {
        return b.add(new BtfType.Struct("point", 8, List.of(at("x", s32, 0), at("y", s32, 4))));
    }

    @Test
    void optionsOfLibbpf() {
        int point = point();
        assertEquals("(struct point){\n\t.x = (int)-1,\n\t.y = (int)2,\n}", dump(point, ints(-1, 2)));
        assertEquals("(struct point){\n\t.y = (int)2,\n}", dump(point, ints(0, 2)));
        assertEquals(
                "(struct point){.x = (int)0,.y = (int)2,}",
                dump(point, ints(0, 2), Option.COMPACT, Option.EMIT_ZEROES));
        assertEquals("{0,0,}", dump(point, ints(0, 0), Option.COMPACT, Option.EMIT_ZEROES, Option.SKIP_NAMES));
        assertEquals("(struct point){}", dump(point, ints(0, 0), Option.COMPACT));
    }

    @Test
    void textAndArrays() {
        int four = b.add(new BtfType.Array(u8, s32, 4));
        int three = b.add(new BtfType.Array(s32, s32, 3));
        assertEquals("(char[4])['f','o','o',]", dump(four, text("foo\0"), Option.COMPACT));
        assertEquals("(char[4])['\\0',]", dump(four, text("\0oo\0"), Option.COMPACT, Option.EMIT_ZEROES));
        assertEquals("(char[4])['f',7,'\\0',]", dump(four, text("f\7\0x"), Option.COMPACT, Option.EMIT_ZEROES));
        assertEquals("(char[4])\"f\\x07\"", dump(four, text("f\7\0x"), Option.COMPACT, Option.EMIT_STRINGS));
        assertEquals("(char[4])['f','o','o','x',]", dump(four, text("foox"), Option.COMPACT, Option.EMIT_STRINGS));
        assertEquals("(int[3])[0,1,0,]", dump(three, ints(0, 1, 0), Option.COMPACT));
    }

    @Test
    void unionsEnumsPointersFunctionsAndNumbers() {
        int e = b.add(new BtfType.Enum("e", 4, true, List.of(new Enumerator("A", -1), new Enumerator("B", 2))));
        int wide = b.add(new BtfType.Enum64("w", 8, false, List.of(new Enumerator("BIG", 1L << 40))));
        int proto = b.add(new BtfType.FuncProto(s32, List.of(new BtfType.Param("c", u8), new BtfType.Param("", 0))));
        int function = b.add(new BtfType.Ptr(proto));
        int union = b.add(new BtfType.Union("u", 8, List.of(at("e", e, 0), at("f", function, 0))));
        assertEquals(
                "(union u){.e = (enum e)B,.f = (int (*)(char c, ...))0x2,}", dump(union, ints(2, 0), Option.COMPACT));
        assertEquals("(enum e)A", dump(e, ints(-1)));
        assertEquals("(enum e)-5", dump(e, ints(-5)));
        assertEquals("(enum w)BIG", dump(wide, ints(0, 256)));
        assertEquals("(enum w)7ULL", dump(wide, ints(7, 0)));
        int f = b.add(new BtfType.Float("double", 8));
        byte[] half = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(0.5)
                .array();
        assertEquals("(double)0.500000", dump(f, half));
        int i128 = b.add(new BtfType.Int("__int128", 16, BtfType.Int.SIGNED, 0, 128));
        assertEquals("(__int128)0x10000000000000002", dump(i128, ints(2, 0, 1, 0)));
    }

    @Test
    void bitfieldsInBothByteOrders() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            BtfBuilder builder = new BtfBuilder(order);
            builder.add(new BtfType.Int("unsigned int", 4, 0, 0, 32));
            builder.add(new BtfType.Struct("s", 4, List.of(new Member("a", 1, 0, 3), new Member("b", 1, 3, 29))));
            int word = order == ByteOrder.LITTLE_ENDIAN ? 5 | (0x123456 << 3) : (5 << 29) | 0x123456;
            byte[] data = ByteBuffer.allocate(4).order(order).putInt(word).array();
            String text = BtfDump.of(builder.build(), 2, data, Option.COMPACT);
            assertEquals("(struct s){.a = (unsigned int)0x5,.b = (unsigned int)0x123456,}", text);
        }
    }

    @Test
    void variablesAndSections() {
        int v = b.add(new BtfType.Var("counter", s32, BtfLinkage.STATIC));
        int w = b.add(new BtfType.Var("limit", b.add(new BtfType.Const(s32)), BtfLinkage.GLOBAL));
        int section = b.add(
                new BtfType.DataSec(".data", 8, List.of(new BtfType.SecInfo(v, 0, 4), new BtfType.SecInfo(w, 4, 4))));
        assertEquals("static int counter = (int)7", dump(v, ints(7)));
        assertEquals("SEC(\".data\") static int counter = (int)7;int limit = (int)8;", dump(section, ints(7, 8)));
    }

    /** The rest of the data belongs to it. */
    @Test
    void aFlexibleArrayAtTheEnd() {
        int flexible = b.add(new BtfType.Array(s32, s32, 0));
        int s = b.add(new BtfType.Struct("s", 4, List.of(at("n", s32, 0), at("v", flexible, 4))));
        assertEquals(
                "(struct s){.n = (int)2,.v = (int[0])[5,6,],}",
                dump(s, ints(2, 5, 6), Option.COMPACT, Option.EMIT_ZEROES));
        assertEquals("(struct s){.n = (int)2,.v = (int[0])[],}", dump(s, ints(2), Option.COMPACT, Option.EMIT_ZEROES));
        assertEquals("(struct s){.n = (int)2,.v = (int[0])[5,6,],}", dump(s, ints(2, 5, 6), Option.COMPACT));
    }

    @Test
    void structsInArraysKeepTheirNames() {
        int point = point();
        int two = b.add(new BtfType.Array(point, s32, 2));
        assertEquals("(struct point[2])[{.x = (int)1,},{.y = (int)2,},]", dump(two, ints(1, 0, 0, 2), Option.COMPACT));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        int point = point();
        int proto = b.add(new BtfType.FuncProto(0, List.of()));
        int outside = b.add(new BtfType.Struct("outside", 4, List.of(at("far", s32, 400))));
        assertThrows(IllegalArgumentException.class, () -> dump(point, ints(1)));
        assertThrows(BtfFormatException.class, () -> dump(proto, ints(1)));
        assertThrows(BtfFormatException.class, () -> dump(outside, ints(1)));
    }

    /** Two members that overlap at each of 31 levels: two thousand million values in four bytes. */
    @Test
    void hostileTypesEndInAnError() {
        int inner = s32;
        for (int level = 0; level < 31; level++) {
            inner = b.add(new BtfType.Struct("s", 4, List.of(at("a", inner, 0), at("b", inner, 0))));
        }
        int outer = inner;
        assertThrows(BtfFormatException.class, () -> dump(outer, ints(1), Option.COMPACT));
        assertThrows(BtfFormatException.class, () -> dump(outer, ints(0), Option.COMPACT));
    }
}
