package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.BtfType.Enumerator;
import dev.ebpf4j.btf.BtfType.Member;
import dev.ebpf4j.btf.CoReReason.Problem;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Relocations against small targets, with numbers worked out by hand from the layouts.
 *
 * <p>Ids 1 to 6 are the same on both sides: int, unsigned int, unsigned long, long, char, pointer to char.
 */
class CoReResolverTest {
    private static final int INT = 1;
    private static final int UINT = 2;
    private static final int ULONG = 3;
    private static final int LONG = 4;
    private static final int CHAR = 5;
    private static final int PTR = 6;
    private static final int FIRST = 7;

    private static BtfBuilder side(ByteOrder order, BtfType... types) {
        BtfBuilder builder = new BtfBuilder(order);
        builder.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        builder.add(new BtfType.Int("unsigned int", 4, 0, 0, 32));
        builder.add(new BtfType.Int("unsigned long", 8, 0, 0, 64));
        builder.add(new BtfType.Int("long", 8, BtfType.Int.SIGNED, 0, 64));
        builder.add(new BtfType.Int("char", 1, BtfType.Int.SIGNED, 0, 8));
        builder.add(new BtfType.Ptr(CHAR));
        for (BtfType type : types) {
            builder.add(type);
        }
        return builder;
    }

    private static Btf btf(BtfType... types) {
        return side(ByteOrder.LITTLE_ENDIAN, types).build();
    }

    private static Btf big(BtfType... types) {
        return side(ByteOrder.BIG_ENDIAN, types).build();
    }

    private static BtfType.Struct struct(String name, int size, Member... members) {
        return new BtfType.Struct(name, size, List.of(members));
    }

    private static Member at(String name, int typeId, int bytes) {
        return new Member(name, typeId, 8 * bytes, 0);
    }

    private static Member bits(String name, int typeId, int from, int width) {
        return new Member(name, typeId, from, width);
    }

    private static CoReFixup resolve(Btf local, Btf target, int typeId, String access, CoReKind kind) {
        return new CoReResolver(local, List.of(target)).resolve(new CoReRelo(0, typeId, access, kind));
    }

    private static long value(Btf local, Btf target, int typeId, String access, CoReKind kind) {
        CoReFixup fixup = resolve(local, target, typeId, access, kind);
        return assertInstanceOf(CoReFixup.Value.class, fixup, fixup::toString).value();
    }

    private static CoReReason poison(Btf local, Btf target, int typeId, String access, CoReKind kind) {
        CoReFixup fixup = resolve(local, target, typeId, access, kind);
        return assertInstanceOf(CoReFixup.Poison.class, fixup, fixup::toString).reason();
    }

    private static CoReReason refused(Btf local, Btf target, int typeId, String access, CoReKind kind) {
        CoReFixup fixup = resolve(local, target, typeId, access, kind);
        return assertInstanceOf(CoReFixup.Refused.class, fixup, fixup::toString).reason();
    }

    @Test
    void aMovedFieldAndOneInsideAnAnonymousStruct() {
        Btf local = btf(struct("s", 8, at("a", INT, 0), at("b", INT, 4)));
        Btf target = btf(
                struct("", 8, at("x", INT, 0), at("b", INT, 4)),
                struct("s___old", 24, at("", FIRST, 12), at("a", INT, 4)));
        assertEquals(4, value(local, target, FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(16, value(local, target, FIRST, "0:1", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(24 + 16, value(local, target, FIRST, "1:1", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(4, value(local, target, FIRST, "0:1", CoReKind.FIELD_BYTE_SIZE));
    }

    @Test
    void aLocalPathThroughAnAnonymousUnionMatchesByTheNamesOnIt() {
        Btf local = btf(
                new BtfType.Union("", 8, List.of(at("u", UINT, 0), at("v", ULONG, 0))),
                struct("s", 16, at("a", INT, 0), at("", FIRST, 8)));
        Btf target = btf(struct("s", 24, at("v", ULONG, 16)));
        assertEquals(16, value(local, target, FIRST + 1, "0:1:1", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(0, value(local, target, FIRST + 1, "0:1:0", CoReKind.FIELD_EXISTS));
    }

    @Test
    void arrayElementsAreBoundedExceptInAFlexibleArrayAtTheEnd() {
        BtfType.Array four = new BtfType.Array(INT, UINT, 4);
        BtfType.Array two = new BtfType.Array(INT, UINT, 2);
        BtfType.Array none = new BtfType.Array(INT, UINT, 0);
        Btf local = btf(four, struct("s", 16, at("a", FIRST, 0)));
        Btf shorter = btf(two, struct("s", 12, at("a", FIRST, 4)));
        Btf flexible = btf(none, struct("s", 8, at("n", INT, 0), at("a", FIRST, 8)));
        Btf inTheMiddle = btf(none, struct("s", 8, at("a", FIRST, 4), at("n", INT, 4)));
        assertEquals(4 + 4, value(local, shorter, FIRST + 1, "0:0:1", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(0, value(local, shorter, FIRST + 1, "0:0:2", CoReKind.FIELD_EXISTS));
        assertEquals(8 + 12, value(local, flexible, FIRST + 1, "0:0:3", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(0, value(local, inTheMiddle, FIRST + 1, "0:0:3", CoReKind.FIELD_EXISTS));
        assertEquals(4, value(local, shorter, FIRST + 1, "0:0:1", CoReKind.FIELD_BYTE_SIZE), "one element");
        assertEquals(8, value(local, shorter, FIRST + 1, "0:0", CoReKind.FIELD_BYTE_SIZE), "the whole array");
        assertEquals(
                Problem.NOT_A_MEMBER,
                refused(local, shorter, FIRST + 1, "0:0:1", CoReKind.FIELD_SIGNED)
                        .problem());
    }

    /** Trap 14: {@code unsigned a: 20, b: 20} in a packed int crosses 32 bits, so that the container becomes 8 bytes. */
    @Test
    void trap14BitfieldsReadTheSmallestAlignedContainer() {
        Btf local = btf(struct("s", 8, bits("b", UINT, 4, 8)));
        BtfType wide = struct("s", 8, bits("a", UINT, 0, 20), bits("b", UINT, 20, 20));
        assertEquals(0, value(local, btf(wide), FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(8, value(local, btf(wide), FIRST, "0:0", CoReKind.FIELD_BYTE_SIZE));
        assertEquals(64 - 40, value(local, btf(wide), FIRST, "0:0", CoReKind.FIELD_LSHIFT_U64));
        assertEquals(64 - 20, value(local, btf(wide), FIRST, "0:0", CoReKind.FIELD_RSHIFT_U64));
        assertEquals(20, value(big(local.type(FIRST)), big(wide), FIRST, "0:0", CoReKind.FIELD_LSHIFT_U64));

        BtfType second = struct("s", 8, bits("b", UINT, 36, 8));
        assertEquals(4, value(local, btf(second), FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(4, value(local, btf(second), FIRST, "0:0", CoReKind.FIELD_BYTE_SIZE));
        assertEquals(64 - 12, value(local, btf(second), FIRST, "0:0", CoReKind.FIELD_LSHIFT_U64));
        assertEquals(32 + 4, value(big(local.type(FIRST)), big(second), FIRST, "0:0", CoReKind.FIELD_LSHIFT_U64));

        BtfType across = struct("s", 16, bits("b", ULONG, 60, 8));
        assertEquals(
                Problem.WIDE_BITFIELD,
                refused(local, btf(across), FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET)
                        .problem());
        CoReFixup.Value offset = (CoReFixup.Value) resolve(local, btf(wide), FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET);
        assertEquals(new CoReFixup.Value(0, 0, false, CoReFixup.Sizes.NONE, 0), offset);
    }

    /** Trap 16. */
    @ParameterizedTest
    @CsvSource({
        "1, 4, 4, 8, false", // int to long: the sign would be lost
        "2, 3, 4, 8, true", // unsigned int to unsigned long
        "3, 2, 8, 4, true",
        "2, 4, 4, 8, false", // one side signed
        "6, 3, 8, 8, true", // pointer read as an integer of the same size is refused by kind, see below
        "7, 8, 4, 8, false" // enum to enum64
    })
    void trap16ALoadMayOnlyChangeItsSizeWhenNoSignIsLost(int ours, int theirs, int from, int to, boolean safe) {
        BtfType small = new BtfType.Enum("e", 4, false, List.of(new Enumerator("A", 1)));
        BtfType large = new BtfType.Enum64("e", 8, false, List.of(new Enumerator("A", 1)));
        Btf local = btf(small, large, struct("s", 16, at("f", ours, 0)));
        Btf target = btf(small, large, struct("s", 16, at("f", theirs, 8)));
        CoReFixup fixup = resolve(local, target, FIRST + 2, "0:0", CoReKind.FIELD_BYTE_OFFSET);
        if (ours == PTR) {
            assertInstanceOf(CoReFixup.Poison.class, fixup);
            return;
        }
        assertEquals(new CoReFixup.Value(8, 0, true, new CoReFixup.Sizes(from, to, safe), 0), fixup);
    }

    /** Trap 17. */
    @ParameterizedTest
    @EnumSource(CoReKind.class)
    void trap17WhatHappensWithoutTheType(CoReKind kind) {
        Btf local = btf(
                struct("gone", 4, at("a", INT, 0)),
                new BtfType.Enum("egone", 4, false, List.of(new Enumerator("A", 7))));
        String access = kind.isField() ? "0:0" : "0";
        CoReFixup fixup = resolve(local, btf(), kind.isEnumValue() ? FIRST + 1 : FIRST, access, kind);
        switch (kind) {
            case FIELD_EXISTS, TYPE_EXISTS, TYPE_SIZE, TYPE_ID_TARGET, ENUMVAL_EXISTS, TYPE_MATCHES ->
                assertEquals(0, assertInstanceOf(CoReFixup.Value.class, fixup).value());
            case TYPE_ID_LOCAL ->
                assertEquals(new CoReFixup.Value(FIRST, FIRST, false, CoReFixup.Sizes.NONE, -1), fixup);
            case FIELD_BYTE_OFFSET, FIELD_BYTE_SIZE, FIELD_SIGNED, FIELD_LSHIFT_U64, FIELD_RSHIFT_U64, ENUMVAL_VALUE ->
                assertEquals(
                        Problem.NO_SUCH_TYPE,
                        assertInstanceOf(CoReFixup.Poison.class, fixup).reason().problem());
        }
    }

    /** Trap 15 of libbpf.md, and cilium.md 10 d. */
    @ParameterizedTest
    @CsvSource({"a___b, a", "a___b___c, a___b", "a____b, a____b", "___b, ___b", "a___, a___", "a_b___c_d, a_b", "a, a"})
    void trap15TheFlavourFollowsTheLastThreeUnderscoresBetweenOtherCharacters(String name, String essential) {
        assertEquals(essential, Btf.essentialName(name));
        Btf target = btf(struct(essential, 8, at("f", INT, 4)));
        Btf local = btf(struct(name, 4, at("f", INT, 0)));
        boolean same = Btf.essentialName(essential).equals(essential);
        assertEquals(same ? 1 : 0, value(local, target, FIRST, "0:0", CoReKind.FIELD_EXISTS));
        assertArrayEquals(same ? new int[] {FIRST} : new int[0], target.findEssential(essential));
        assertArrayEquals(new int[] {FIRST}, target.findAll(essential));
    }

    /** Trap 18. */
    @Test
    void trap18SeveralCandidatesMustAgree() {
        Btf local = btf(struct("s", 8, at("a", INT, 0), at("b", INT, 4)));
        Btf target = btf(
                struct("s", 8, at("a", INT, 0), at("b", INT, 4)),
                struct("s", 12, at("a", INT, 0), at("b", INT, 8)),
                struct("s___other", 4, at("c", INT, 0)));
        assertEquals(0, value(local, target, FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET));
        CoReReason reason = refused(local, target, FIRST, "0:1", CoReKind.FIELD_BYTE_OFFSET);
        assertEquals(Problem.AMBIGUOUS, reason.problem());
        assertEquals(List.of("struct s [7] gives 4", "struct s [8] gives 8"), reason.candidates());
        assertEquals(
                Problem.AMBIGUOUS,
                refused(local, target, FIRST, "0", CoReKind.TYPE_SIZE).problem());
    }

    /** Trap 12. */
    @Test
    void trap12AnswersDoNotDependOnWhatWasAskedBefore() {
        Btf local = btf(struct("s", 8, at("a", INT, 0), at("b", INT, 4), at("c", INT, 0)));
        Btf target = btf(
                struct("s", 12, at("a", INT, 0), at("b", INT, 8)),
                struct("s___v1", 8, at("b", INT, 4), at("c", INT, 0)));
        List<CoReRelo> relos = new ArrayList<>();
        for (CoReKind kind : CoReKind.values()) {
            for (String access : kind.isField() ? List.of("0:0", "0:1", "0:2") : List.of("0")) {
                if (!kind.isEnumValue()) {
                    relos.add(new CoReRelo(8 * relos.size(), FIRST, access, kind));
                }
            }
        }
        List<CoReFixup> expected = relos.stream()
                .map(relo -> new CoReResolver(local, List.of(target)).resolve(relo))
                .toList();
        for (int seed = 0; seed < 50; seed++) {
            List<CoReRelo> shuffled = new ArrayList<>(relos);
            Collections.shuffle(shuffled, new Random(seed));
            CoReResolver resolver = new CoReResolver(local, List.of(target));
            for (CoReRelo relo : shuffled) {
                assertEquals(expected.get(relos.indexOf(relo)), resolver.resolve(relo));
            }
        }
    }

    @Test
    @DisplayName("trap 13: modules are searched when vmlinux has a type of that name, but none that fits")
    void trap13ModulesAreSearchedForWhatTheKernelProperHasNot() {
        Btf kernel = btf(struct("s", 4, at("a", INT, 0)));
        BtfBuilder builder = BtfBuilder.split(kernel);
        builder.add(struct("s", 8, at("a", INT, 0), at("b", INT, 4)));
        builder.add(struct("m", 8, at("b", INT, 4)));
        Btf module = builder.build();
        Btf local = btf(struct("s", 8, at("b", INT, 0)), struct("m", 8, at("b", INT, 0)));
        CoReResolver resolver = new CoReResolver(local, List.of(kernel, module));
        CoReFixup inBoth = resolver.resolve(new CoReRelo(0, FIRST, "0:0", CoReKind.FIELD_EXISTS));
        assertEquals(new CoReFixup.Value(0, 1, true, CoReFixup.Sizes.NONE, -1), inBoth);
        CoReFixup notPoison = resolver.resolve(new CoReRelo(0, FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(new CoReFixup.Value(4, 0, true, new CoReFixup.Sizes(4, 4, true), 1), notPoison);
        CoReFixup inModule = resolver.resolve(new CoReRelo(0, FIRST + 1, "0:0", CoReKind.FIELD_BYTE_OFFSET));
        assertEquals(new CoReFixup.Value(4, 0, true, new CoReFixup.Sizes(4, 4, true), 1), inModule);
    }

    @Test
    void modulesThatDisagreeSpoilOnlyWhatTheKernelProperHasNot() {
        Btf kernel = btf(struct("s", 4, at("a", INT, 0)));
        List<Btf> modules = IntStream.of(0, 4)
                .mapToObj(offset -> {
                    BtfBuilder builder = BtfBuilder.split(kernel);
                    builder.add(struct("s", 8, at("b", INT, offset)));
                    builder.add(struct("m", 8, at("b", INT, offset)));
                    return builder.build();
                })
                .toList();
        Btf local = btf(struct("s", 8, at("b", INT, 0)), struct("m", 8, at("b", INT, 0)));
        AtomicInteger asked = new AtomicInteger();
        CoReResolver resolver = new CoReResolver(local, kernel, () -> {
            asked.incrementAndGet();
            return modules;
        });
        CoReFixup inBoth = resolver.resolve(new CoReRelo(0, FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET));
        assertInstanceOf(CoReFixup.Poison.class, inBoth);
        CoReFixup inModules = resolver.resolve(new CoReRelo(0, FIRST + 1, "0:0", CoReKind.FIELD_BYTE_OFFSET));
        assertInstanceOf(CoReFixup.Refused.class, inModules);
        assertEquals(1, asked.get());
    }

    @Test
    void enumeratorsOfBothSizesMatchByEssentialName() {
        Btf local = btf(new BtfType.Enum(
                "e", 4, false, List.of(new Enumerator("A___x", 1), new Enumerator("B", 2), new Enumerator("C", 3))));
        Btf target = btf(new BtfType.Enum64(
                "e", 8, true, List.of(new Enumerator("B", -5), new Enumerator("A", 0x1_0000_0001L))));
        assertEquals(0x1_0000_0001L, value(local, target, FIRST, "0", CoReKind.ENUMVAL_VALUE));
        assertEquals(-5, value(local, target, FIRST, "1", CoReKind.ENUMVAL_VALUE));
        assertEquals(0, value(local, target, FIRST, "2", CoReKind.ENUMVAL_EXISTS));
        CoReReason reason = poison(local, target, FIRST, "2", CoReKind.ENUMVAL_VALUE);
        assertEquals("enum e::C", reason.subject());
        assertEquals(Problem.NO_MATCH, reason.problem());
        Btf unsigned = btf(new BtfType.Enum("e", 4, false, List.of(new Enumerator("B", 0xffffffffL))));
        assertEquals(-1, value(local, unsigned, FIRST, "1", CoReKind.ENUMVAL_VALUE), "32 bits count as signed");
    }

    @Test
    void fieldsOfOtherKindsAreNoMatch() {
        Btf local = btf(struct("s", 8, at("a", INT, 0)));
        assertEquals(1, value(local, btf(struct("s", 8, at("a", ULONG, 0))), FIRST, "0:0", CoReKind.FIELD_EXISTS));
        assertEquals(0, value(local, btf(struct("s", 8, at("a", PTR, 0))), FIRST, "0:0", CoReKind.FIELD_EXISTS));
        assertEquals(1, value(local, btf(struct("s", 8, at("a", LONG, 0))), FIRST, "0:0", CoReKind.FIELD_SIGNED));
        assertEquals(0, value(local, btf(struct("s", 8, at("a", UINT, 0))), FIRST, "0:0", CoReKind.FIELD_SIGNED));
    }

    @Test
    void typeMatchesWantsEveryMemberByNameAndType() {
        Btf local = btf(struct("s", 12, at("a", INT, 0), at("p", FIRST + 1, 4)), new BtfType.Ptr(FIRST));
        BtfType pointer = new BtfType.Ptr(FIRST);
        Btf more = btf(struct("s", 24, at("x", INT, 0), at("p", FIRST + 1, 8), at("a", INT, 16)), pointer);
        Btf wider = btf(struct("s", 24, at("a", LONG, 0), at("p", FIRST + 1, 8)), pointer);
        Btf less = btf(struct("s", 4, at("a", INT, 0)), pointer);
        Btf toForward = btf(
                struct("s", 12, at("a", INT, 0), at("p", FIRST + 2, 4)),
                new BtfType.Fwd("s", false),
                new BtfType.Ptr(FIRST + 1));
        assertEquals(1, value(local, more, FIRST, "0", CoReKind.TYPE_MATCHES));
        assertEquals(0, value(local, wider, FIRST, "0", CoReKind.TYPE_MATCHES));
        assertEquals(0, value(local, less, FIRST, "0", CoReKind.TYPE_MATCHES));
        assertEquals(1, value(local, toForward, FIRST, "0", CoReKind.TYPE_MATCHES));
        assertEquals(1, value(local, wider, FIRST, "0", CoReKind.TYPE_EXISTS));
        assertEquals(24, value(local, wider, FIRST, "0", CoReKind.TYPE_SIZE));
        assertEquals(FIRST, value(local, wider, FIRST, "0", CoReKind.TYPE_ID_TARGET));
    }

    @Test
    void anAnonymousRootHasNothingToSearchFor() {
        Btf local = btf(struct("", 4, at("a", INT, 0)));
        assertEquals(
                Problem.ANONYMOUS,
                refused(local, local, FIRST, "0:0", CoReKind.FIELD_EXISTS).problem());
        assertEquals(FIRST, value(local, btf(), FIRST, "0", CoReKind.TYPE_ID_LOCAL));
    }

    @Test
    void saysWhichFieldIsMissingAndWhatIsCloseToIt() {
        Btf local = btf(struct("task_struct___v2", 4, at("exit_codes", INT, 0)));
        Btf target = btf(
                struct("", 8, at("exit_code", INT, 0), at("exit_mode", INT, 4)),
                struct("task_struct", 24, at("", FIRST, 0), at("comm", INT, 16)),
                struct("task_structs", 4, at("x", INT, 0)));
        CoReReason reason = poison(local, target, FIRST, "0:0", CoReKind.FIELD_BYTE_OFFSET);
        assertEquals("struct task_struct___v2.exit_codes", reason.subject());
        assertEquals(List.of("exit_code", "exit_mode"), reason.closeNames());
        assertEquals(
                "CO-RE FIELD_BYTE_OFFSET of struct task_struct___v2.exit_codes: no type of this name on the target has"
                        + " it; tried struct task_struct [8]; close names: exit_code, exit_mode",
                reason.message());
        Btf misspelt = btf(struct("task_strct", 4, at("a", INT, 0)));
        CoReReason noType = poison(misspelt, target, FIRST, "0:0", CoReKind.FIELD_BYTE_SIZE);
        assertEquals(List.of("task_struct", "task_structs"), noType.closeNames());
    }

    @ParameterizedTest
    @CsvSource({"0:1", "0:0:0", "''", "0:", "x", "-1", "0:99999999999", "1:1000000000"})
    void accessStringsThatDoNotFitTheTypeAreFormatErrors(String access) {
        Btf local = btf(struct("s", 4, at("a", INT, 0)));
        assertThrows(BtfFormatException.class, () -> resolve(local, local, FIRST, access, CoReKind.FIELD_EXISTS));
    }

    @Test
    void typesThatContainThemselvesEnd() {
        Btf local = btf(struct("s", 4, at("a", INT, 0)));
        Member[] itself = new Member[200];
        for (int i = 0; i < itself.length; i++) {
            itself[i] = at("", FIRST, 0);
        }
        Btf hostile = btf(
                struct("s", 4, itself),
                new BtfType.Typedef("t", FIRST + 1),
                new BtfType.Const(FIRST + 3),
                new BtfType.Volatile(FIRST + 2));
        assertThrows(BtfFormatException.class, () -> resolve(local, hostile, FIRST, "0:0", CoReKind.FIELD_EXISTS));
        assertThrows(BtfFormatException.class, () -> hostile.resolve(FIRST + 1));
        assertThrows(BtfFormatException.class, () -> hostile.sizeOf(FIRST + 2));
        assertThrows(BtfFormatException.class, () -> hostile.alignOf(FIRST));
        Btf deep = btf(struct("s", 4, at("m", FIRST, 0), at("n", FIRST, 0)));
        assertThrows(BtfFormatException.class, () -> resolve(deep, deep, FIRST, "0", CoReKind.TYPE_MATCHES));
        assertTrue(value(deep, deep, FIRST, "0", CoReKind.TYPE_EXISTS) == 1);
    }
}
