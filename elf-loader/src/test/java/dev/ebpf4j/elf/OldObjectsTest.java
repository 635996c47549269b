package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapSpec.Slot;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Maps without types, and symbols without a type and size, in files written by hand after those of old compilers. */
class OldObjectsTest {
    private static final long WIDE = 0x118;
    private static final long EXIT = 0x95;

    @Test
    void libbpfsDefinitionsHaveFiveNumbers() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            TestElf elf = new TestElf(order);
            int maps = elf.words("maps", 1, 4, 16, 1024, 1, 2, 4, 8, 1, 0);
            elf.object("second", maps, 20, 20);
            elf.object("first", maps, 0, 20);
            ObjectSpec object = ElfReader.read(elf.bytes());
            assertEquals(List.of("first", "second"), names(object));
            MapSpec first = object.map("first");
            assertEquals(
                    List.of(MapType.HASH, 4, 16, 1024, 1),
                    List.of(first.type(), first.keySize(), first.valueSize(), first.maxEntries(), first.flags()));
        }
    }

    @Test
    void symbolsOfOldClangHaveNeitherTypeNorSize() {
        TestElf elf = new TestElf();
        int code = elf.code("socket1", WIDE, 0, EXIT, WIDE, 0, EXIT);
        int maps = elf.words("maps", 1, 4, 8, 16, 0, 0, 0, 2, 4, 8, 16, 0, 0, 0);
        elf.symbol("LBB0_1", ElfSymbol.LOCAL, ElfSymbol.NOTYPE, code, 16, 0);
        elf.symbol("one", ElfSymbol.GLOBAL, ElfSymbol.NOTYPE, code, 0, 0);
        elf.symbol("two", ElfSymbol.GLOBAL, ElfSymbol.NOTYPE, code, 24, 0);
        elf.symbol("hash", ElfSymbol.GLOBAL, ElfSymbol.NOTYPE, maps, 0, 0);
        int array = elf.symbol("array", ElfSymbol.GLOBAL, ElfSymbol.NOTYPE, maps, 28, 0);
        ObjectSpec object = ElfReader.read(elf.reloc(code, 24, array, 0).bytes());
        assertEquals(3, object.program("one").entry().code().size());
        assertEquals(ProgramType.SOCKET_FILTER, object.program("two").type());
        assertEquals(
                List.of(new Reloc.MapRef(0, "array")),
                object.program("two").entry().relocs());
        assertEquals(MapType.HASH, object.map("hash").type());
    }

    @Test
    void theOldestClangWritesAddends() {
        TestElf elf = new TestElf();
        int code = elf.code("xdp", WIDE, 0, EXIT);
        int maps = elf.words("maps", 1, 4, 8, 16, 0, 2, 4, 8, 16, 0);
        elf.function("main", code, 0, 24);
        elf.object("hash", maps, 0, 20);
        elf.object("array", maps, 20, 20);
        int section = elf.symbol("", ElfSymbol.LOCAL, ElfSymbol.SECTION, maps, 0, 0);
        ObjectSpec object =
                ElfReader.read(elf.relocWithAddend(code, 0, section, 20).bytes());
        assertEquals(
                List.of(new Reloc.MapRef(0, "array")),
                object.program("main").entry().relocs());
    }

    @Test
    void theKernelsSamplesNumberTheirInnerMaps() {
        TestElf elf = new TestElf();
        int maps = elf.words("maps", 2, 4, 8, 16, 4, 0, 1, 12, 4, 4, 3, 0, 0, 0);
        elf.object("inner", maps, 0, 28);
        elf.object("outer", maps, 28, 28);
        ObjectSpec object = ElfReader.read(elf.bytes());
        assertEquals(1, object.map("inner").numaNode());
        assertEquals(16, Objects.requireNonNull(object.map("outer").inner()).maxEntries());
    }

    @Test
    void infraredDecodersHaveMapsOfTheirOwn() {
        TestElf elf = new TestElf();
        int code = elf.code("lirc_mode2/nec", WIDE, 0, EXIT);
        int maps = elf.words("lirc_mode2/maps", 2, 4, 8, 1, 0, 0, 0);
        elf.function("bpf_decoder", code, 0, 24);
        int map = elf.object("decoder_state_map", maps, 0, 28);
        ObjectSpec object = ElfReader.read(elf.reloc(code, 0, map, 1).bytes());
        assertEquals(ProgramType.LIRC_MODE2, object.program("bpf_decoder").type());
        assertEquals(
                List.of(new Reloc.MapRef(0, "decoder_state_map")),
                object.program("bpf_decoder").entry().relocs());
    }

    @Test
    void gobpfGivesEachMapASection() {
        TestElf elf = new TestElf();
        int maps = elf.section("maps/tcpMap", "AW", new byte[280]);
        int first = elf.words("maps/other", 9, 4, 8, 12000, 0);
        elf.object("tcpMap", maps, 0, 280);
        elf.object("other", first, 0, 20);
        ObjectSpec object = ElfReader.read(elf.bytes());
        assertEquals(MapType.LRU_HASH, object.map("other").type());
        assertTrue(Objects.requireNonNull(object.map("tcpMap").problem()).contains("map 'tcpMap' of type 0"));
    }

    @Test
    void tcFillsMapsByTheNamesOfSections() {
        ObjectSpec object = ElfReader.read(ofTc());
        assertEquals(List.of(new Slot(2, "tail")), object.map("jumps").slots());
        assertEquals("/sys/fs/bpf/tc/globals/jumps", object.map("jumps").pinPath());
        assertEquals(ProgramType.SCHED_CLS, object.program("tail").type());
        assertEquals(ProgramType.UNSPEC, object.program("of_no_map").type());
        assertEquals(List.of(new Slot(3, "inner")), object.map("outer").slots());
        assertEquals(1, Objects.requireNonNull(object.map("outer").inner()).maxEntries());
        assertNull(object.map("inner").pinPath());
    }

    @Test
    void aDefinitionThatIsTooShortIsItsMapsProblem() {
        TestElf elf = new TestElf();
        int maps = elf.words("maps", 1, 4, 4, 1, 4, 4);
        elf.object("good", maps, 0, 16);
        elf.object("cut", maps, 16, 8);
        ObjectSpec object = ElfReader.read(elf.bytes());
        assertNull(object.map("good").problem());
        assertTrue(Objects.requireNonNull(object.map("cut").problem())
                .contains("map 'cut' of 8 bytes, expected at least 16"));
    }

    /** An object with maps and sections as tc has them. */
    static byte[] ofTc() {
        TestElf elf = new TestElf();
        int code = elf.code("classifier", EXIT);
        int tail = elf.code("0xa/2", EXIT);
        int other = elf.code("11/0", EXIT);
        int maps =
                elf.words("maps", 3, 4, 4, 8, 0, 10, 2, 0, 0, 12, 4, 4, 4, 0, 0, 0, 42, 0, 2, 4, 4, 1, 0, 42, 1, 0, 3);
        elf.function("entry", code, 0, 8);
        elf.function("tail", tail, 0, 8);
        elf.function("of_no_map", other, 0, 8);
        elf.object("jumps", maps, 0, 36);
        elf.object("outer", maps, 36, 36);
        elf.object("inner", maps, 72, 36);
        return elf.bytes();
    }

    private static List<String> names(ObjectSpec object) {
        return object.maps().stream().map(MapSpec::name).toList();
    }
}
