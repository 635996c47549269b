package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.BtfType.Enumerator;
import dev.ebpf4j.btf.BtfType.Member;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The cases that libbpf's own tests of btf__dedup are about, worked out by hand. On 150 to 972 real objects at once and
 * on vmlinux the result was the same as libbpf 1.7's, type by type.
 */
class BtfDedupTest {
    private static final BtfType.Int INT = new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32);

    private final BtfBuilder b = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);

    private static BtfType.Struct struct(String name, int size, Member... members) {
        return new BtfType.Struct(name, size, List.of(members));
    }

    private static Member at(String name, int typeId, int bytes) {
        return new Member(name, typeId, 8 * bytes, 0);
    }

    private static List<BtfType> types(Btf btf) {
        List<BtfType> types = new ArrayList<>();
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            types.add(btf.type(id));
        }
        return types;
    }

    /** A list node with a pointer to itself, from {@code first} on: int, pointer, struct. */
    private void list(String field) {
        int first = b.nextId();
        b.add(INT);
        b.add(new BtfType.Ptr(first + 2));
        b.add(struct("list", 16, at("next", first + 1, 0), at(field, first, 8)));
    }

    @Test
    void structsThatReferToThemselvesBecomeOne() {
        list("value");
        list("value");
        BtfMapping deduped = b.build().dedup();
        assertEquals(
                List.of(INT, new BtfType.Ptr(3), struct("list", 16, at("next", 2, 0), at("value", 1, 8))),
                types(deduped.btf()));
        assertEquals(3, deduped.ids().applyAsInt(3));
        assertEquals(3, deduped.ids().applyAsInt(6));
        assertEquals(0, deduped.ids().applyAsInt(0));
        assertThrows(IllegalArgumentException.class, () -> deduped.ids().applyAsInt(7));
    }

    @Test
    void anEqualHeaderIsNotEnough() {
        list("value");
        list("other");
        BtfMapping deduped = b.build().dedup();
        assertEquals(5, types(deduped.btf()).size(), "one int less");
        assertNotEquals(deduped.ids().applyAsInt(3), deduped.ids().applyAsInt(6));
    }

    /** cilium.md 10 e: two structs are equal as long as the cycle between them is not closed, and differ in the end. */
    @Test
    void trapEqualityUnderTheAssumptionOfACycleIsNoFact() {
        for (String field : List.of("x", "y")) {
            int first = b.nextId();
            b.add(struct("a", 8, at("b", first + 2, 0)));
            b.add(struct("b", 16, at("a", first + 3, 0), at(field, first + 2, 8)));
            b.add(new BtfType.Ptr(first + 1));
            b.add(new BtfType.Ptr(first));
        }
        BtfMapping deduped = b.build().dedup();
        assertEquals(8, types(deduped.btf()).size(), "the two a differ, since their b do");
    }

    /** cilium.md 10 e. */
    @Test
    void trapBitfieldsOfDifferentWidthsDiffer() {
        b.add(INT);
        b.add(new BtfType.Struct("s", 4, List.of(new Member("a", 1, 0, 3))));
        b.add(new BtfType.Struct("s", 4, List.of(new Member("a", 1, 0, 4))));
        b.add(new BtfType.Struct("s", 4, List.of(new Member("a", 1, 0, 4))));
        assertEquals(3, types(b.build().dedup().btf()).size());
    }

    /** cilium.md 10 e. */
    @Test
    void trapTheLinkageOfAFunctionCounts() {
        int proto = b.add(new BtfType.FuncProto(0, List.of()));
        b.add(new BtfType.Func("f", proto, BtfLinkage.STATIC));
        b.add(new BtfType.Func("f", proto, BtfLinkage.GLOBAL));
        b.add(new BtfType.Func("f", proto, BtfLinkage.GLOBAL));
        assertEquals(3, types(b.build().dedup().btf()).size());
    }

    /** cilium.md 10 e. */
    @Test
    void trapDeclTagsOfMembersAndTypesStay() {
        b.add(INT);
        for (int component : new int[] {-1, 0, -1, 0}) {
            int id = b.add(struct("s", 4, at("a", 1, 0)));
            b.add(new BtfType.DeclTag("tag", id, component, false));
        }
        b.add(new BtfType.DeclTag("other", 2, 0, false));
        assertEquals(
                List.of(
                        INT,
                        struct("s", 4, at("a", 1, 0)),
                        new BtfType.DeclTag("tag", 2, -1, false),
                        new BtfType.DeclTag("tag", 2, 0, false),
                        new BtfType.DeclTag("other", 2, 0, false)),
                types(b.build().dedup().btf()));
    }

    /** cilium.md 10 e: arrays are told apart by all that they consist of. */
    @Test
    void trapArraysOfOneElementTypeAndDifferentLengthsDiffer() {
        b.add(INT);
        b.add(new BtfType.Array(1, 1, 4));
        b.add(new BtfType.Array(1, 1, 4_000_000_000L));
        b.add(new BtfType.Array(1, 1, 4));
        b.add(new BtfType.Array(1, 1, 4_000_000_000L));
        assertEquals(
                List.of(INT, new BtfType.Array(1, 1, 4), new BtfType.Array(1, 1, 4_000_000_000L)),
                types(b.build().dedup().btf()));
    }

    /** Compilers give one array type several ids within the same struct. */
    @Test
    void oneArrayWithTwoIdsWithinAStruct() {
        b.add(INT);
        for (int copy = 0; copy < 2; copy++) {
            int a = b.add(new BtfType.Array(1, 1, 2));
            int other = copy == 0 ? a : b.add(new BtfType.Array(1, 1, 2));
            b.add(struct("s", 16, at("a", a, 0), at("b", other, 8)));
        }
        assertEquals(3, types(b.build().dedup().btf()).size());
    }

    @Test
    void aForwardDeclarationBecomesTheStructThatItStandsFor() {
        b.add(INT);
        b.add(new BtfType.Fwd("s", false));
        b.add(new BtfType.Ptr(2));
        b.add(struct("user", 8, at("p", 3, 0)));
        b.add(struct("s", 4, at("a", 1, 0)));
        b.add(new BtfType.Ptr(5));
        b.add(struct("user", 8, at("p", 6, 0)));
        assertEquals(
                List.of(INT, new BtfType.Ptr(4), struct("user", 8, at("p", 2, 0)), struct("s", 4, at("a", 1, 0))),
                types(b.build().dedup().btf()));
    }

    @Test
    void aForwardDeclarationOfAnAmbiguousNameOrTheOtherKindStays() {
        b.add(INT);
        b.add(new BtfType.Fwd("s", false));
        b.add(struct("s", 4, at("a", 1, 0)));
        b.add(struct("s", 4, at("b", 1, 0)));
        b.add(new BtfType.Fwd("t", true));
        b.add(struct("t", 4, at("a", 1, 0)));
        assertEquals(6, types(b.build().dedup().btf()).size());
    }

    @Test
    void aForwardDeclaredEnumBecomesTheEnum() {
        BtfType full = new BtfType.Enum64("e", 8, false, List.of(new Enumerator("A", 1L << 40)));
        b.add(new BtfType.Enum("e", 4, false, List.of()));
        b.add(new BtfType.Ptr(1));
        b.add(full);
        b.add(new BtfType.Enum("e", 4, false, List.of()));
        b.add(new BtfType.Ptr(4));
        assertEquals(List.of(new BtfType.Ptr(2), full), types(b.build().dedup().btf()));
    }

    /** Compilers of Go write such types; C has none. */
    @Test
    void aTypedefThatContainsItself() {
        for (int copy = 0; copy < 2; copy++) {
            int first = b.nextId();
            b.add(new BtfType.Typedef("f", first + 1));
            b.add(new BtfType.Ptr(first + 2));
            b.add(new BtfType.FuncProto(0, List.of(new BtfType.Param("f", first))));
        }
        assertEquals(3, types(b.build().dedup().btf()).size());
    }

    @Test
    void whatOnlyContainsItselfIsRefused() {
        b.add(new BtfType.Ptr(2));
        b.add(new BtfType.Const(1));
        Btf btf = b.build();
        assertThrows(BtfFormatException.class, btf::dedup);
    }

    @Test
    void variablesAndSectionsStayAsTheyAre() {
        b.add(INT);
        b.add(new BtfType.Var("v", 1, BtfLinkage.STATIC));
        b.add(new BtfType.Var("v", 1, BtfLinkage.STATIC));
        b.add(new BtfType.DataSec(".data", 8, List.of(new BtfType.SecInfo(2, 0, 4), new BtfType.SecInfo(3, 4, 4))));
        assertEquals(4, types(b.build().dedup().btf()).size());
    }

    @Test
    void aSplitBtfUsesWhatItsBaseHas() {
        list("value");
        b.add(struct("opaque", 4, at("a", 1, 0)));
        Btf base = b.build();
        BtfBuilder split = BtfBuilder.split(base);
        IntUnaryOperator ids = split.addAll(Btf.parse(base.toBytes()));
        split.add(new BtfType.Fwd("opaque", false));
        split.add(new BtfType.Ptr(split.nextId() - 1));
        split.add(new BtfType.Ptr(ids.applyAsInt(3)));
        split.add(new BtfType.Typedef("mine", split.nextId() - 1));
        BtfMapping deduped = split.build().dedup();
        assertEquals(base, deduped.btf().base());
        assertEquals(List.of(new BtfType.Ptr(4), new BtfType.Typedef("mine", 2)), types(deduped.btf()));
        assertEquals(3, deduped.ids().applyAsInt(ids.applyAsInt(3)));
    }

    @Test
    void onlyUsedStringsAreLeft() {
        b.add(INT);
        b.addString("not used");
        Btf btf = b.build().dedup().btf();
        assertEquals(
                "BtfHeader[LITTLE_ENDIAN, 24 bytes, types Part[offset=0, length=16], "
                        + "strings Part[offset=16, length=5], layout Part[offset=0, length=0]]",
                BtfHeader.read(ByteBuffer.wrap(btf.toBytes())).toString());
    }

    @Test
    void aLongChainNeedsNoStack() {
        int chain = 200_000;
        for (int i = 0; i < chain; i++) {
            b.add(new BtfType.Ptr(i + 2));
        }
        b.add(INT);
        assertEquals(chain + 2, b.build().dedup().btf().typeCount());
    }

    /** Each struct could stand for each other one, and only the whole ring tells. */
    @Test
    void aRingOfEqualStructs() {
        int length = 500;
        for (int i = 0; i < 2 * length; i++) {
            int next = (i + 1) % length + (i < length ? 0 : length) + 1;
            b.add(struct("s", 8, at("s", next, 0)));
        }
        assertEquals(2, b.build().dedup().btf().typeCount());
    }

    /** Thousands of structs that look the same until the end of a long chain: in a time not worth waiting for. */
    @Test
    void hostileTypesEndInAnError() {
        for (int i = 0; i < 2000; i++) {
            b.add(struct("s", 8, at("s", b.nextId() + 1, 0)));
            for (int link = 0; link < 200; link++) {
                b.add(new BtfType.Const(b.nextId() + 1));
            }
            b.add(new BtfType.Fwd("f" + i, false));
        }
        Btf btf = b.build();
        assertThrows(BtfFormatException.class, btf::dedup);
    }

    @Test
    void everyKindTwiceIsEveryKindOnce() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            Btf every = Samples.everyKind(order).build();
            BtfBuilder twice = new BtfBuilder(order);
            twice.addAll(every);
            IntUnaryOperator second = twice.addAll(every);
            BtfMapping deduped = twice.build().dedup();
            assertEquals(every.typeCount() + 2, deduped.btf().typeCount(), "a variable and a section more");
            for (int id = 1; id < every.typeCount(); id++) {
                int there = deduped.ids().applyAsInt(second.applyAsInt(id));
                boolean stays = every.kind(id) == BtfKind.VAR || every.kind(id) == BtfKind.DATASEC;
                assertTrue(stays ? there >= every.typeCount() : there == id, "type " + id);
            }
        }
    }
}
