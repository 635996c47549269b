package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.CALL;
import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.id;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One bad part of an object spoils only the programs that use it. */
class BrokenPartsTest {
    private final ObjectSpec spec = object(
                    tracepoint(function("good", Code.of(EXIT))),
                    tracepoint(function("bad", Code.of(CALL, EXIT), new Reloc.SubprogCall(0, id("helper")))),
                    tracepoint(function("mapped", Code.of(WIDE, WIDE_END, EXIT), new Reloc.MapRef(0, "odd"))))
            .subprograms(List.of(function("helper", Code.of(CALL, EXIT), new Reloc.Broken(0, "calls 'x', undefined"))))
            .maps(List.of(MapSpec.builder("odd", MapType.ARRAY)
                    .problem("no max_entries")
                    .build()))
            .build();

    @Test
    void whatIsNotSelectedMayBeBroken() {
        assertEquals(
                1, ObjectLinker.link(spec.only("good"), noKernel()).programs().size());
    }

    @Test
    void aBrokenInstructionOfACalleeIsNamed() {
        LinkException e = assertThrows(LinkException.class, () -> ObjectLinker.link(spec.only("bad"), noKernel()));
        assertEquals("program 'bad', instruction 2: calls 'x', undefined", e.getMessage());
    }

    @Test
    void aMapWithAProblemIsNamed() {
        LinkException e = assertThrows(LinkException.class, () -> ObjectLinker.link(spec.only("mapped"), noKernel()));
        assertEquals(
                "program 'mapped', instruction 0: uses map 'odd', which can't be made: no max_entries", e.getMessage());
    }

    @Test
    void aMapThatIsNotWantedPoisonsItsLoads() {
        ObjectSpec without = spec.only("mapped")
                .withMap(
                        "odd",
                        map -> map.toBuilder().problem(null).autocreate(false).build());
        LinkedProgram program =
                ObjectLinker.link(without, noKernel()).programs().getFirst();
        assertEquals(List.of(), program.mapUses());
        assertEquals(2_001_000_000, TestObjects.imm(program, 0));
        assertEquals(2_001_000_000, TestObjects.imm(program, 1));
        assertTrue(program.poisons().getFirst().reason().contains("map 'odd' is not made"));
    }
}
