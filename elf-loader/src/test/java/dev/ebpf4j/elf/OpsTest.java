package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapSpec.Slot;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernel operations, arenas and exception callbacks, as ops.bpf.c and llvm-readelf show them. */
class OpsTest {
    @ParameterizedTest
    @ValueSource(strings = {"ops", "ops.big-endian"})
    void kernelOperationsAreMapsWithFunctions(String name) {
        ObjectSpec object = Fixture.read(name);
        MapSpec on = object.map("on");
        assertEquals(MapType.STRUCT_OPS, on.type());
        assertEquals(
                List.of(4, 32, 1, MapSpec.LINK), List.of(on.keySize(), on.valueSize(), on.maxEntries(), on.flags()));
        assertEquals("test_ops", Objects.requireNonNull(object.btf()).name(on.valueTypeId()));
        assertEquals(List.of(new Slot(0, "start"), new Slot(24, "stop")), on.slots());
        Bytes contents = Objects.requireNonNull(on.contents());
        assertEquals(-1, contents.buffer(object.byteOrder()).getInt(8));
        assertEquals(Bytes.of((byte) 'o', (byte) 'n', (byte) 0), contents.slice(12, 3));
        assertEquals(Bytes.zeros(8), contents.slice(24, 8));
        assertEquals(0, object.map("first_off").flags());
        assertEquals(ProgramSpec.SLEEPABLE, object.program("stop").flags());
    }

    @Test
    @DisplayName("trap 2: every variable of ?.struct_ops stays off, not only the first")
    void noVariableOfAnOptionalSectionIsMadeUnasked() {
        ObjectSpec object = Fixture.read("ops");
        assertFalse(object.map("first_off").autocreate());
        assertFalse(object.map("second_off").autocreate());
        assertTrue(object.map("on").autocreate());
        assertEquals(List.of(new Slot(0, "start")), object.map("first_off").slots());
        assertEquals(List.of(new Slot(24, "stop")), object.map("second_off").slots());
    }

    @Test
    @DisplayName("trap 3: a data section with a long name keeps it")
    void aLongNameOfASectionIsWhole() {
        ObjectSpec object = Fixture.read("ops");
        MapSpec map = object.map(".bss.a_rather_long_name");
        assertEquals(4, map.valueSize());
        assertEquals(map.name(), object.variable("long_name").map());
        assertEquals(new Reloc.DataRef(9, map.name(), 0), relocs(object).get(2));
    }

    @Test
    @DisplayName("trap 19: a section of static variables alone is not offered for mapping")
    void staticVariablesAloneAreNotShared() {
        ObjectSpec object = Fixture.read("ops");
        assertEquals(0, object.map(".data.static").flags());
        assertEquals(4, object.variable("known_to_nobody").size());
        assertEquals(MapSpec.MMAPABLE, object.map(".bss.a_rather_long_name").flags());
        Btf btf = Objects.requireNonNull(object.btf());
        assertTrue(btf.type(object.map(".bss.a_rather_long_name").valueTypeId())
                .toString()
                .contains("size=4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ops", "ops.big-endian"})
    void variablesInAnArenaStandInItsContents(String name) {
        ObjectSpec object = Fixture.read(name);
        MapSpec arena = object.map("arena");
        assertEquals(MapType.ARENA, arena.type());
        assertEquals(0, arena.valueSize());
        assertEquals(20, Objects.requireNonNull(arena.contents()).size());
        assertEquals(
                7, object.initialValue("in_arena").buffer(object.byteOrder()).getInt(0));
        assertEquals(4, object.variable("also_there").offset());
        // the offset of the element is added by an instruction of its own
        assertEquals(
                List.of(new Reloc.DataRef(0, "arena", 0), new Reloc.DataRef(4, "arena", 4)),
                relocs(object).subList(0, 2));
        ObjectSpec changed = object.withVariable("in_arena", 9);
        assertEquals(
                9, changed.initialValue("in_arena").buffer(object.byteOrder()).getInt(0));
        assertEquals(0, changed.map("arena").valueSize());
    }

    @Test
    void anExceptionCallbackIsFoundByItsTag() {
        ObjectSpec object = Fixture.read("ops");
        assertEquals(
                "on_throw",
                object.exceptionCallback(object.program("throws").entry())
                        .orElseThrow()
                        .name());
        assertTrue(object.exceptionCallback(object.program("start").entry()).isEmpty());
    }

    @Test
    void aLongLicenceIsReadAsFarAsTheKernelLooks() {
        assertTrue(Fixture.read("ops").license().endsWith("that libbpf copies of it"));
        assertEquals(List.of(), Fixture.read("ops").warnings());
    }

    @Test
    void onlyTheOperationsOfAProgramStayWithIt() {
        ObjectSpec stop = Fixture.read("ops").only("stop");
        assertEquals(
                List.of("second_off", "on"),
                stop.maps().stream().map(MapSpec::name).toList());
        assertEquals(List.of(new Slot(24, "stop")), stop.map("on").slots());
        assertNull(stop.map("on").problem());
    }

    @Test
    void jumpTablesBecomeSlotsOfTheFunctionThatJumps() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            ObjectSpec object = ElfReader.read(jumping(order, 2));
            assertEquals(
                    List.of(new Reloc.JumpTable(0, List.of(3, 2))),
                    object.program("jumps").entry().relocs());
            assertEquals(
                    List.of(new Reloc.JumpTable(10, List.of(13, 12))),
                    List.of(object.program("jumps").entry().relocs().getFirst().at(10)));
        }
    }

    @Test
    void aJumpOutOfItsFunctionIsBroken() {
        Reloc reloc = ElfReader.read(jumping(ByteOrder.LITTLE_ENDIAN, 0))
                .program("jumps")
                .entry()
                .relocs()
                .getFirst();
        assertTrue(
                reloc instanceof Reloc.Broken broken
                        && broken.reason().contains("a jump to byte 0 of section 'xdp'")
                        && broken.reason().contains("'jumps'"),
                reloc.toString());
    }

    /** A function behind another of two instructions, and a table with two jumps: to its end, and to a slot of the section. */
    static byte[] jumping(ByteOrder order, int slot) {
        TestElf elf = new TestElf(order);
        int code = elf.code("xdp", 0, 0, wide(order), 0, 0, 0);
        int table = elf.section(
                ".jumptables",
                "A",
                ByteBuffer.allocate(24)
                        .order(order)
                        .putLong(8, 5 * 8)
                        .putLong(16, (slot == 0 ? 0 : slot + 2) * 8L)
                        .array());
        int inCode = elf.symbol("", ElfSymbol.LOCAL, ElfSymbol.SECTION, code, 0, 0);
        elf.function("first", code, 0, 16);
        elf.function("jumps", code, 16, 32);
        int jumps = elf.symbol("BPF.JT.0.0", ElfSymbol.LOCAL, ElfSymbol.OBJECT, table, 8, 16);
        return elf.reloc(code, 16, jumps, 1)
                .reloc(table, 8, inCode, 2)
                .reloc(table, 16, inCode, 2)
                .bytes();
    }

    private static long wide(ByteOrder order) {
        return order == ByteOrder.LITTLE_ENDIAN ? 0x118 : 0x1018;
    }

    private static List<Reloc> relocs(ObjectSpec object) {
        return object.program("throws").entry().relocs();
    }
}
