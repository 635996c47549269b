package dev.ebpf4j.plan;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the variables of an arena stand, and that programs find them there. */
class ArenaLayoutTest {
    private static final int OFFSET = 4100;

    private static LoadPlan plan(int variableBytes, KernelFeatures features) {
        MapSpec arena = MapSpec.builder("arena", MapType.ARENA)
                .maxEntries(16)
                .mapExtra(0x100000000000L)
                .contents(Bytes.zeros(variableBytes))
                .build();
        ObjectSpec spec = object(tracepoint(function(
                        "main",
                        Code.of(WIDE, WIDE_END, WIDE, WIDE_END, EXIT),
                        new Reloc.MapRef(0, "arena"),
                        new Reloc.DataRef(2, "arena", OFFSET))))
                .maps(List.of(arena))
                .build();
        return LoadPlan.of(
                ObjectLinker.link(spec, LinkInputs.of(new BtfBuilder(spec.byteOrder()).build())),
                features,
                new Machine(4096, 1));
    }

    private static LinkedProgram program(LoadPlan plan) {
        return ((LoadStep.LoadProgram) plan.steps().getLast()).linked();
    }

    @Test
    void theyStandAtTheEndWhereOffsetsMayBeFar() {
        LoadPlan plan = plan(5000, KernelFeatures.ALL);
        assertEquals("""
            to load object 'test':
              create map 0 'arena': ARENA, key 0 B, value 0 B, 16 entries, flags 0x400, extra 0x100000000000
              map arena 0 into memory: 65536 bytes at 0x100000000000
              fill arena 0 from 0xe000: 5000 bytes, 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 …
              load program 0 'main': TRACEPOINT, 5 instructions, licence 'GPL', maps 0
            """, plan.toString());
        assertEquals(0xe000 + OFFSET, Slots.imm(program(plan).code().slot(3)));
        assertEquals(0, Slots.imm(program(plan).code().slot(1)), "the handle of the arena has no offset");
    }

    @Test
    void theyStandAtTheBeginningElsewhere() {
        LoadPlan plan = plan(5000, KernelFeatures.ALL.without(Feature.LDIMM64_FULL_RANGE_OFF));
        assertTrue(plan.toString().contains("fill arena 0 from 0x0: 5000 bytes"), plan::toString);
        assertEquals(OFFSET, Slots.imm(program(plan).code().slot(3)));
        KernelFeatures unknown = feature -> KernelFeatures.Support.UNKNOWN;
        assertEquals(OFFSET, Slots.imm(program(plan(5000, unknown)).code().slot(3)));
    }

    @Test
    void theyMustFit() {
        plan(16 * 4096, KernelFeatures.ALL);
        LinkException e = assertThrows(LinkException.class, () -> plan(16 * 4096 + 1, KernelFeatures.ALL));
        assertEquals(
                "the global variables in arena 'arena' take 65537 bytes, and it has 16 pages of 4096 bytes:"
                        + " raise max_entries, as withMaxEntries(N) does",
                e.getMessage());
    }
}
