package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables for indirect jumps, by the rules that libbpf follows; kernels take them from 6.19 on. */
class BindJumpTablesTest {
    /** {@code call subprogram}. */
    private static final long CALL = Slots.of(0x85, 0, 1, 0, -1);

    private static final FunctionSpec SWITCH = function(
            "switcher", Code.of(WIDE, WIDE_END, EXIT, EXIT, EXIT), new Reloc.JumpTable(0, List.of(2, 4, 3, 2)));

    private static LinkedObject link(ObjectSpec spec) {
        return ObjectLinker.link(spec, LinkInputs.of(new BtfBuilder(spec.byteOrder()).build()));
    }

    @Test
    void aTableOfASubprogramCountsFromTheStartOfTheProgram() {
        FunctionSpec main = function(
                "main",
                Code.of(CALL, WIDE, WIDE_END, EXIT),
                new Reloc.SubprogCall(0, SWITCH.id()),
                new Reloc.JumpTable(1, List.of(3)));
        FunctionSpec other = function("other", Code.of(CALL, EXIT), new Reloc.SubprogCall(0, SWITCH.id()));
        ObjectSpec spec = object(tracepoint(main), tracepoint(other))
                .subprograms(List.of(SWITCH))
                .build();
        LinkedObject linked = link(spec);
        assertEquals(
                """
                to load object 'test':
                  create map 0 '.jumptables/main/0' as '.jumptables': INSN_ARRAY, key 4 B, value 16 B, 1 entries
                  fill map 0: 16 bytes, 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
                  freeze map 0
                  create map 1 '.jumptables/main/1' as '.jumptables': INSN_ARRAY, key 4 B, value 16 B, 4 entries
                  fill map 1: 64 bytes, 06 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 …
                  freeze map 1
                  create map 2 '.jumptables/other/0' as '.jumptables': INSN_ARRAY, key 4 B, value 16 B, 4 entries
                  fill map 2: 64 bytes, 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 …
                  freeze map 2
                  load program 0 'main': TRACEPOINT, 9 instructions, licence 'GPL', maps 0 1
                  load program 1 'other': TRACEPOINT, 7 instructions, licence 'GPL', maps 2
                """,
                LoadPlan.of(linked, KernelFeatures.ALL, new Machine(4096, 1)).toString());
        assertEquals(2, Slots.src(linked.programs().getFirst().code().slot(4)), "an address in the map");
    }

    @Test
    void loadsOfOneTableShareItsMap() {
        FunctionSpec twice = function(
                "twice",
                Code.of(WIDE, WIDE_END, WIDE, WIDE_END, EXIT),
                new Reloc.JumpTable(0, List.of(4)),
                new Reloc.JumpTable(2, List.of(4)));
        LinkedObject linked = link(object(tracepoint(twice)).build());
        assertEquals(1, linked.maps().size());
        assertEquals(
                List.of(new LinkedProgram.MapUse(0, 0), new LinkedProgram.MapUse(2, 0)),
                linked.programs().getFirst().mapUses());
    }
}
