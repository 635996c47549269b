package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.MOV;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.imm;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.src;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.Reloc;
import java.util.List;
import org.junit.jupiter.api.Test;

class BindMapSlotsTest {
    private static final List<MapSpec> MAPS = List.of(
            MapSpec.builder("events", MapType.RINGBUF).maxEntries(4096).build(),
            MapSpec.builder(".data", MapType.ARRAY)
                    .keySize(4)
                    .valueSize(16)
                    .maxEntries(1)
                    .contents(Bytes.zeros(16))
                    .build());

    private static LinkedProgram link(Code code, Reloc... relocs) {
        return TestObjects.linkOne(
                object(tracepoint(function("main", code, relocs))).maps(MAPS), noKernel());
    }

    @Test
    void aMapIsMarkedAndItsImmediatesAreClear() {
        Code code = Code.of(Slots.of(0x18, 3, 0, 0, 77), Slots.of(0, 0, 0, 0, 99), EXIT);
        LinkedProgram linked = link(code, new Reloc.MapRef(0, "events"));
        assertEquals(Slots.of(0x18, 3, 1, 0, 0), linked.code().slot(0), "BPF_PSEUDO_MAP_FD, register kept");
        assertEquals(0, linked.code().slot(1));
        assertEquals(List.of(new MapUse(0, 0)), linked.mapUses());
    }

    @Test
    void anAddressInDataIsTheSecondImmediate() {
        LinkedProgram linked = link(Code.of(MOV, WIDE, WIDE_END, EXIT), new Reloc.DataRef(1, ".data", 12));
        assertEquals(2, src(linked, 1), "BPF_PSEUDO_MAP_VALUE");
        assertEquals(0, imm(linked, 1));
        assertEquals(12, imm(linked, 2));
        assertEquals(List.of(new MapUse(1, 1)), linked.mapUses());
    }

    @Test
    void anAddressOutsideTheDataIsRefused() {
        for (int offset : new int[] {16, -1, Integer.MAX_VALUE}) {
            LinkException e = assertThrows(
                    LinkException.class,
                    () -> link(Code.of(WIDE, WIDE_END, EXIT), new Reloc.DataRef(0, ".data", offset)));
            assertTrue(e.getMessage().contains("byte " + offset + " of '.data', which has 16 bytes"), e.getMessage());
        }
    }

    @Test
    void aMissingMapIsNamedWithCloseOnes() {
        LinkException e = assertThrows(
                LinkException.class, () -> link(Code.of(WIDE, WIDE_END, EXIT), new Reloc.MapRef(0, "event")));
        assertEquals(
                "program 'main', instruction 0: uses map 'event', which the object has not; close names: events",
                e.getMessage());
    }

    @Test
    void halfALoadIsRefused() {
        LinkException e =
                assertThrows(LinkException.class, () -> link(Code.of(EXIT, WIDE), new Reloc.MapRef(1, "events")));
        assertTrue(e.getMessage().contains("64-bit immediate load"), e.getMessage());
        assertThrows(LinkException.class, () -> link(Code.of(EXIT, WIDE)));
        assertThrows(LinkException.class, () -> link(Code.of(EXIT), new Reloc.MapRef(0, "events")));
    }

    @Test
    void twoMapsOfOneNameAreRefused() {
        assertThrows(
                LinkException.class,
                () -> TestObjects.linkOne(
                        object(tracepoint(function("main", Code.of(EXIT))))
                                .maps(List.of(MAPS.getFirst(), MAPS.getFirst())),
                        noKernel()));
    }
}
