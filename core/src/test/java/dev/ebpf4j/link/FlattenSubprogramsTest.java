package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.CALL;
import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.MOV;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.id;
import static dev.ebpf4j.link.TestObjects.imm;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.src;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static dev.ebpf4j.link.TestObjects.withInfo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.link.LinkedProgram.FunctionStart;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.SourceLine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The order and the distances are those that libbpf gives: a callee is appended when its first call is met. */
class FlattenSubprogramsTest {
    private static Reloc call(int slot, String callee) {
        return new Reloc.SubprogCall(slot, id(callee));
    }

    private static LinkedProgram link(FunctionSpec main, FunctionSpec... others) {
        return TestObjects.linkOne(object(tracepoint(main)).subprograms(List.of(others)), noKernel());
    }

    @Test
    void appendsEachCalleeOnceInTheOrderOfADepthFirstWalk() {
        FunctionSpec main = function("main", Code.of(CALL, CALL, CALL, EXIT), call(0, "b"), call(1, "a"), call(2, "b"));
        FunctionSpec a = function("a", Code.of(MOV, EXIT));
        FunctionSpec b = function("b", Code.of(MOV, CALL, EXIT), call(1, "c"));
        FunctionSpec c = function("c", Code.of(CALL, MOV, MOV, EXIT), call(0, "a"));

        LinkedProgram linked = link(main, a, b, c, function("unused", Code.of(EXIT)));

        // main 0..3, b 4..6, c 7..10, a 11..12
        assertEquals(13, linked.code().size());
        assertEquals(4 - 0 - 1, imm(linked, 0));
        assertEquals(11 - 1 - 1, imm(linked, 1));
        assertEquals(4 - 2 - 1, imm(linked, 2));
        assertEquals(7 - 5 - 1, imm(linked, 5));
        assertEquals(11 - 7 - 1, imm(linked, 7));
        for (int slot : new int[] {0, 1, 2, 5, 7}) {
            assertEquals(1, src(linked, slot), "BPF_PSEUDO_CALL");
        }
        assertEquals(MOV, linked.code().slot(11));
    }

    @Test
    void callsBackwardsAreNegative() {
        FunctionSpec main = function("main", Code.of(CALL, EXIT), call(0, "a"));
        FunctionSpec a = function("a", Code.of(MOV, CALL, EXIT), call(1, "a"));
        LinkedProgram linked = link(main, a);
        assertEquals(2 - 3 - 1, imm(linked, 3));
    }

    @Test
    @DisplayName("trap 21: addresses of functions are distances in instructions, wherever the function lands")
    void aCallbackIsTheDistanceToItsFunction() {
        FunctionSpec main =
                function("main", Code.of(MOV, WIDE, WIDE_END, EXIT), new Reloc.SubprogAddress(1, id("callback")));
        LinkedProgram linked = link(main, function("callback", Code.of(EXIT)));
        assertEquals(4, src(linked, 1), "BPF_PSEUDO_FUNC");
        assertEquals(4 - 1 - 1, imm(linked, 1));
        assertEquals(0, imm(linked, 2));
    }

    @Test
    void relocationsLinesAndFunctionsMoveWithTheirCode() {
        FunctionSpec main =
                withInfo(function("main", Code.of(CALL, EXIT), call(0, "a")), 7, new SourceLine(0, 1, 2, 10, 1));
        FunctionSpec a = withInfo(
                function("a", Code.of(MOV, WIDE, WIDE_END, EXIT), new Reloc.MapRef(1, "m")),
                8,
                new SourceLine(0, 1, 3, 20, 2),
                new SourceLine(3, 1, 4, 21, 3));
        LinkedProgram linked = TestObjects.linkOne(
                object(tracepoint(main))
                        .subprograms(List.of(a))
                        .maps(List.of(MapSpec.builder("m", MapType.HASH).build())),
                noKernel());
        assertEquals(List.of(new FunctionStart(0, 7), new FunctionStart(2, 8)), linked.functions());
        assertEquals(
                List.of(new SourceLine(0, 1, 2, 10, 1), new SourceLine(2, 1, 3, 20, 2), new SourceLine(5, 1, 4, 21, 3)),
                linked.lines());
        assertEquals(List.of(new MapUse(3, 0)), linked.mapUses());
    }

    @Test
    void informationThatLacksAFunctionIsLeftOutBecauseTheKernelWouldRefuseIt() {
        FunctionSpec main =
                withInfo(function("main", Code.of(CALL, EXIT), call(0, "a")), 7, new SourceLine(0, 1, 2, 10, 1));
        LinkedProgram linked = link(main, function("a", Code.of(EXIT)));
        assertEquals(List.of(), linked.functions());
        assertEquals(List.of(), linked.lines());
    }

    @Test
    void aSubprogramOfTwoProgramsIsAppendedToBoth() {
        FunctionSpec one = function("one", Code.of(CALL, EXIT), call(0, "a"));
        FunctionSpec two = function("two", Code.of(MOV, CALL, EXIT), call(1, "a"));
        ObjectSpec spec = object(tracepoint(one), tracepoint(two))
                .subprograms(List.of(function("a", Code.of(MOV, EXIT))))
                .build();
        List<LinkedProgram> linked = ObjectLinker.link(spec, noKernel()).programs();
        assertEquals(1, imm(linked.get(0), 0));
        assertEquals(1, imm(linked.get(1), 1));
    }

    @Test
    void aProgramMayCallAnotherProgramsFunction() {
        FunctionSpec one = function("one", Code.of(CALL, EXIT), call(0, "two"));
        ObjectSpec spec = object(
                        tracepoint(one),
                        tracepoint(function("two", Code.of(EXIT))).withAutoload(false))
                .build();
        assertEquals(
                3,
                ObjectLinker.link(spec, noKernel()).programs().getFirst().code().size());
    }

    @Test
    void aChainOfManyThousandCallsNeedsNoDeepStack() {
        List<FunctionSpec> chain = new ArrayList<>();
        int length = 50_000;
        for (int i = 0; i < length; i++) {
            chain.add(function("f" + i, Code.of(CALL, EXIT), call(0, "f" + (i + 1))));
        }
        chain.add(function("f" + length, Code.of(EXIT)));
        LinkedProgram linked =
                link(function("main", Code.of(CALL, EXIT), call(0, "f0")), chain.toArray(FunctionSpec[]::new));
        assertEquals(2 + 2 * length + 1, linked.code().size());
    }

    @Test
    void aCallIntoNowhereSaysWhere() {
        LinkException e = assertThrows(
                LinkException.class, () -> link(function("main", Code.of(MOV, CALL, EXIT), call(1, "gone"))));
        assertTrue(e.getMessage().contains("program 'main'"), e.getMessage());
        assertTrue(e.getMessage().contains("instruction 1"), e.getMessage());
        assertTrue(e.getMessage().contains(".gone+0"), e.getMessage());
    }

    @Test
    void aRelocationOfTheWrongInstructionIsRefused() {
        assertThrows(LinkException.class, () -> link(function("main", Code.of(MOV, EXIT), call(0, "main"))));
        assertThrows(LinkException.class, () -> link(function("main", Code.of(MOV, EXIT), call(2, "main"))));
        assertThrows(LinkException.class, () -> link(function("main", Code.of(MOV, EXIT), call(-1, "main"))));
        assertThrows(
                LinkException.class,
                () -> link(function("main", Code.of(EXIT, WIDE), new Reloc.SubprogAddress(1, id("main")))));
    }

    @Test
    void moreThanAMillionInstructionsAreRefused() {
        FunctionSpec main = function("main", Code.of(CALL, EXIT), call(0, "big"));
        LinkException e =
                assertThrows(LinkException.class, () -> link(main, function("big", Code.of(new long[999_999]))));
        assertTrue(e.getMessage().contains("1000000"), e.getMessage());
    }
}
