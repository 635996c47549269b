package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.CALL;
import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectProgramsTest {
    private static final FunctionSpec MAIN = function("main", Code.of(EXIT));

    @Test
    void aProgramThatIsNotLoadedIsLeftOutWithAllItNeeds() {
        ProgramSpec needy = tracepoint(function("needy", Code.of(CALL, EXIT), new Reloc.Kfunc(0, "nowhere")))
                .withAutoload(false);
        ObjectSpec spec = object(needy, tracepoint(MAIN))
                .externs(List.of(new ExternSpec("nowhere", ExternSpec.Kind.KFUNC, false, 0, 0)))
                .build();
        List<LinkedProgram> linked = ObjectLinker.link(spec, noKernel()).programs();
        assertEquals(List.of("main"), linked.stream().map(LinkedProgram::name).toList());
    }

    @Test
    void anUnknownSectionIsAnErrorOnlyIfTheProgramIsLoaded() {
        ProgramSpec odd = ProgramSpec.of("main", "tracepont/x/y", MAIN);
        LinkException e = assertThrows(
                LinkException.class, () -> ObjectLinker.link(object(odd).build(), noKernel()));
        assertTrue(e.getMessage().contains("program 'main' is in section 'tracepont/x/y'"), e.getMessage());
        assertTrue(e.getMessage().contains("close names: tracepoint"), e.getMessage());
        assertEquals(
                List.of(),
                ObjectLinker.link(object(odd.withAutoload(false)).build(), noKernel())
                        .programs());
        assertEquals(
                1,
                ObjectLinker.link(
                                object(odd.withType(ProgramType.KPROBE, AttachType.of(0)))
                                        .build(),
                                noKernel())
                        .programs()
                        .size());
    }

    @Test
    void theOtherByteOrderIsRefused() {
        ByteOrder other =
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        LinkException e = assertThrows(
                LinkException.class,
                () -> ObjectLinker.link(
                        object(tracepoint(MAIN)).byteOrder(other).build(), noKernel()));
        assertTrue(
                e.getMessage().matches("object 'test' is \\w+-endian, this kernel is \\w+-endian; .*"), e.getMessage());
    }

    @Test
    void linkingTwiceGivesEqualResultsAndChangesNothing() {
        ObjectSpec spec = object(tracepoint(MAIN)).build();
        ProgramSpec before = spec.program("main");
        assertEquals(ObjectLinker.link(spec, noKernel()), ObjectLinker.link(spec, noKernel()));
        assertEquals(before, spec.program("main"));
    }

    @Test
    void whatLeavesTheLinkerIsWhole() {
        assertThrows(
                LinkException.class,
                () -> ObjectLinker.link(
                        object(tracepoint(function("main", Code.empty()))).build(), noKernel()));
        Code outside = Code.of(Slots.of(0x85, 0, 1, 0, 1), EXIT);
        LinkException e = assertThrows(
                LinkException.class,
                () -> ObjectLinker.link(
                        object(tracepoint(function("main", outside))).build(), noKernel()));
        assertTrue(e.getMessage().contains("calls instruction 2 of 2"), e.getMessage());
    }
}
