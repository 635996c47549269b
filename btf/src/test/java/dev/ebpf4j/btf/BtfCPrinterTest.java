package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.BtfType.Array;
import dev.ebpf4j.btf.BtfType.Const;
import dev.ebpf4j.btf.BtfType.Enumerator;
import dev.ebpf4j.btf.BtfType.FuncProto;
import dev.ebpf4j.btf.BtfType.Int;
import dev.ebpf4j.btf.BtfType.Member;
import dev.ebpf4j.btf.BtfType.Param;
import dev.ebpf4j.btf.BtfType.Ptr;
import dev.ebpf4j.btf.BtfType.Struct;
import dev.ebpf4j.btf.BtfType.TypeTag;
import dev.ebpf4j.btf.BtfType.Typedef;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The C here is what a person reads out of the types; that compilers agree is tested in clang-llvm. */
class BtfCPrinterTest {

    private static final Int INT = new Int("int", 4, Int.SIGNED, 0, 32);
    private static final Int CHAR = new Int("char", 1, Int.SIGNED, 0, 8);

    private static Btf btf(BtfType... types) {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        List.of(types).forEach(builder::add);
        return builder.build();
    }

    private static Member member(String name, int type, int bitOffset) {
        return new Member(name, type, bitOffset, 0);
    }

    /** A change here is a change of the text of every header: raise {@link BtfCPrinter#TEXT_VERSION} with it. */
    @Test
    void theTextOfEveryKind() {
        String text =
                BtfCPrinter.types(Samples.everyKind(ByteOrder.LITTLE_ENDIAN).build(), 4, 7, 8, 19, 20, 21, 22);
        assertEquals(1, BtfCPrinter.TEXT_VERSION);
        assertEquals("""
                struct s;

                enum e {
                	A = -1,
                	B = 2147483647,
                };

                struct s {
                	struct s *next;
                	union {
                		int i;
                		enum e e;
                	};
                	int bits : 3;
                	int more : 29;
                };

                union f;

                typedef struct s *volatile const restrict t;

                enum e64 {
                	BIG = 18446744073709551615ULL,
                	LOW = 4294967296ULL,
                };

                enum u {
                	MAX = 4294967295,
                };

                struct g;

                struct u___2 {
                	int x;
                };

                """, text);
    }

    @Test
    void declaratorsReadInsideOut() {
        Btf btf = btf(
                CHAR,
                new Const(1),
                new Ptr(2),
                new Array(3, 1, 4), // const char *[4]
                new FuncProto(3, List.of(new Param("a", 1), new Param("f", 7), new Param("", 0))), // 5
                new FuncProto(0, List.of()), // 6
                new Ptr(6),
                new Ptr(5),
                new Array(8, 1, 2),
                new Const(8), // 7..10
                new Ptr(4),
                new TypeTag("user", 1, false),
                new Ptr(12),
                new TypeTag("rcu", 13, false),
                new Ptr(14),
                new Const(4));
        assertEquals("const char *n[4]", BtfCPrinter.declaration(btf, 4, "n"));
        assertEquals("const char *n(char a, void (*f)(void), ...)", BtfCPrinter.declaration(btf, 5, "n"));
        assertEquals("const char *(*n[2])(char a, void (*f)(void), ...)", BtfCPrinter.declaration(btf, 9, "n"));
        assertEquals("const char *(*const n)(char a, void (*f)(void), ...)", BtfCPrinter.declaration(btf, 10, "n"));
        assertEquals("const char *(*n)[4]", BtfCPrinter.declaration(btf, 11, "n"));
        assertEquals(
                "char __attribute__((btf_type_tag(\"user\"))) *__attribute__((btf_type_tag(\"rcu\"))) *n",
                BtfCPrinter.declaration(btf, 15, "n"));
        assertEquals("const char *const n[4]", BtfCPrinter.declaration(btf, 16, "n"));
        assertEquals("const char *", BtfCPrinter.declaration(btf, 3, ""));
    }

    @Test
    void gapsArePaddedAndOffAlignmentIsPacked() {
        Btf btf = btf(
                INT,
                CHAR,
                new Struct("gap", 24, List.of(member("a", 2, 0), member("b", 1, 96), new Member("c", 1, 133, 2))),
                new Struct("tight", 5, List.of(member("a", 2, 0), member("b", 1, 8))),
                new Struct("overlap", 4, List.of(member("a", 1, 0), member("b", 2, 8))));
        assertEquals("""
                struct gap {
                	char a;
                	char: 8;
                	short: 16;
                	int: 32;
                	int: 32;
                	int b;
                	char: 5;
                	int c : 2;
                	char: 1;
                	char: 8;
                	short: 16;
                	int: 32;
                };""", BtfCPrinter.definition(btf, 3));
        assertEquals("""
                struct tight {
                	char a;
                	int b;
                } __attribute__((packed));""", BtfCPrinter.definition(btf, 4));
        assertEquals("""
                struct overlap {
                	unsigned char ___bytes[4];
                };""", BtfCPrinter.definition(btf, 5));
    }

    @Test
    void equalNamesBecomeFlavours() {
        Btf btf = btf(
                INT,
                new Struct("s", 4, List.of(member("a", 1, 0))),
                new Struct("s", 8, List.of(member("a", 1, 0), member("b", 1, 32))),
                new BtfType.Enum("", 4, false, List.of(new Enumerator("X", 0))),
                new BtfType.Enum("e", 4, false, List.of(new Enumerator("X", 1))),
                new Typedef("t", 3),
                new Typedef("t", 2));
        String header = BtfCPrinter.header(btf);
        assertTrue(header.contains("struct s {\n\tint a;\n};"), header);
        assertTrue(header.contains("struct s___2 {\n\tint a;\n\tint b;\n};"), header);
        assertTrue(header.contains("enum {\n\tX = 0,\n};") && header.contains("enum e {\n\tX___2 = 1,\n};"), header);
        assertTrue(header.contains("typedef struct s___2 t;") && header.contains("typedef struct s t___2;"), header);
    }

    @Test
    void namesThatAreNoWordsCannotLeaveTheirPlace() {
        Btf btf = btf(new Int("int; evil", 4, 0, 0, 32), new Struct("a b\n#define", 4, List.of(member("x-y", 1, 0))));
        assertEquals("struct a_b__define {\n\tint_ evil x_y;\n};", BtfCPrinter.definition(btf, 2));
    }

    @Test
    void typesWithoutEndAreRefused() {
        Btf inItself = btf(new Struct("s", 4, List.of(member("s", 1, 0))));
        assertThrows(BtfFormatException.class, () -> BtfCPrinter.header(inItself));
        Btf chain = btf(new Typedef("a", 2), new Typedef("b", 1));
        assertThrows(BtfFormatException.class, () -> BtfCPrinter.header(chain));
        Btf function = btf(new Ptr(2), new FuncProto(0, List.of(new Param("f", 1))), new Typedef("t", 1));
        assertThrows(BtfFormatException.class, () -> BtfCPrinter.header(function));
    }

    /** Each level names the one below twice: 2^30 parts in a few hundred bytes. */
    @Test
    void typesThatExplodeAreRefused() {
        List<BtfType> types = new ArrayList<>(List.of(INT));
        for (int level = 0; level < 30; level++) {
            int below = types.size();
            types.add(new FuncProto(below, List.of(new Param("", below), new Param("", below))));
            types.add(new Ptr(below + 1));
        }
        types.add(new Typedef("t", types.size()));
        Btf btf = btf(types.toArray(BtfType[]::new));
        assertThrows(BtfFormatException.class, () -> BtfCPrinter.header(btf));
    }
}
