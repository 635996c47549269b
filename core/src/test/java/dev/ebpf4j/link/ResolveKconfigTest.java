package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.VariableSpec;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Values are written little-endian, as an object of that byte order holds them; the rules are libbpf's. */
class ResolveKconfigTest {
    private static final Btf TYPES = types();
    private static final int BOOL = 1;
    private static final int CHAR = 2;
    private static final int INT = 3;
    private static final int ULONG = 4;
    private static final int TRISTATE = 5;
    private static final int STRING = 6;
    private static final int SHORT = 7;
    private static final int OTHER_ENUM = 8;

    private static Btf types() {
        BtfBuilder b = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        b.add(new BtfType.Int("_Bool", 1, BtfType.Int.BOOL, 0, 8));
        b.add(new BtfType.Int("char", 1, BtfType.Int.SIGNED, 0, 8));
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        b.add(new BtfType.Int("unsigned long", 8, 0, 0, 64));
        b.add(new BtfType.Enum("libbpf_tristate", 4, false, List.of(new BtfType.Enumerator("TRI_NO", 0))));
        b.add(new BtfType.Array(2, 3, 5));
        b.add(new BtfType.Int("unsigned short", 2, 0, 0, 16));
        b.add(new BtfType.Enum("other", 4, false, List.of(new BtfType.Enumerator("X", 0))));
        return b.build();
    }

    private static ExternSpec extern(String name, int type, boolean weak) {
        return new ExternSpec(name, ExternSpec.Kind.KCONFIG, weak, type, TYPES.sizeOf(type));
    }

    private static LinkInputs kernel(Map<String, String> config) {
        return LinkInputs.of(TYPES).withKconfig(name -> Optional.ofNullable(config.get(name)));
    }

    /** Links a program that uses every extern, in the order given. */
    private static LinkedObject link(LinkInputs kernel, ExternSpec... externs) {
        List<Reloc> relocs = new ArrayList<>();
        Code code = Code.empty();
        for (ExternSpec extern : externs) {
            relocs.add(new Reloc.Kconfig(code.size(), extern.name()));
            code = code.concat(Code.of(WIDE, WIDE_END));
        }
        return ObjectLinker.link(
                object(tracepoint(function("main", code.concat(Code.of(EXIT)), relocs.toArray(Reloc[]::new))))
                        .byteOrder(ByteOrder.LITTLE_ENDIAN)
                        .externs(List.of(externs))
                        .btf(TYPES)
                        .build(),
                kernel);
    }

    private static String value(int type, String text) {
        LinkedObject linked = link(kernel(Map.of("CONFIG_X", text)), extern("CONFIG_X", type, false));
        return hex(linked.maps().getFirst());
    }

    private static String hex(MapSpec map) {
        Bytes contents = map.contents();
        assertNotNull(contents);
        return HexFormat.of().formatHex(contents.toArray());
    }

    private static String error(int type, String text) {
        return assertThrows(LinkException.class, () -> value(type, text)).getMessage();
    }

    @Test
    void statesOfOptions() {
        assertEquals("01", value(BOOL, "y"));
        assertEquals("00", value(BOOL, "n"));
        assertTrue(error(BOOL, "m").startsWith("CONFIG_X is m"));
        assertEquals("00000000", value(TRISTATE, "n"));
        assertEquals("01000000", value(TRISTATE, "y"));
        assertEquals("02000000", value(TRISTATE, "m"));
        assertEquals(HexFormat.of().toHexDigits((byte) 'm'), value(CHAR, "m"));
        error(INT, "y");
        error(STRING, "y");
    }

    @Test
    void numbers() {
        assertEquals("fa000000", value(INT, "250"));
        assertEquals("ff000000", value(INT, "0xff"));
        assertEquals("08000000", value(INT, "010"));
        assertEquals("fbffffff", value(INT, "-5"));
        assertEquals("ffffffff ffffffff".replace(" ", ""), value(ULONG, "0xffffffffffffffff"));
        assertEquals("ffff", value(SHORT, "65535"));
        assertEquals("80", value(CHAR, "-128"));
        assertEquals("01", value(BOOL, "1"));
        assertTrue(error(BOOL, "2").contains("1 bytes"));
        assertTrue(error(SHORT, "65536").contains("2 bytes"));
        assertTrue(error(SHORT, "-1").contains("2 bytes"));
        assertTrue(error(INT, "0x80000000").contains("4 bytes"), "beyond a signed int");
        error(CHAR, "128");
        error(TRISTATE, "1");
        error(STRING, "1");
        assertTrue(error(INT, "12monkeys").contains("neither"));
        error(INT, "");
        error(INT, "yes");
        error(INT, "0x10000000000000000");
    }

    @Test
    void textsAreCutToFitAndAlwaysTerminated() {
        assertEquals("6162000000", value(STRING, "\"ab\""));
        assertEquals("6162636400", value(STRING, "\"abcdefg\""));
        assertEquals("0000000000", value(STRING, "\"\""));
        error(STRING, "\"ab");
        error(STRING, "\"");
        error(INT, "\"ab\"");
    }

    @Test
    void anUnsetOptionIsZeroIfWeakAndAnErrorIfNot() {
        LinkException e =
                assertThrows(LinkException.class, () -> link(kernel(Map.of()), extern("CONFIG_X", INT, false)));
        assertTrue(e.getMessage().contains("CONFIG_X") && e.getMessage().contains("__weak"), e.getMessage());
        assertEquals(
                "00000000",
                hex(link(kernel(Map.of()), extern("CONFIG_X", INT, true)).maps().getFirst()));
        assertEquals(
                "00",
                hex(link(kernel(Map.of()), extern("LINUX_FOO", BOOL, true))
                        .maps()
                        .getFirst()));
        assertThrows(LinkException.class, () -> link(kernel(Map.of()), extern("LINUX_FOO", BOOL, false)));
    }

    @Test
    void theKernelsVersionIsAskedForOnlyWhereItIsUsed() {
        LinkInputs versioned = kernel(Map.of()).withKernelVersion(0x060c05);
        assertEquals(
                "050c0600",
                hex(link(versioned, extern("LINUX_KERNEL_VERSION", INT, false))
                        .maps()
                        .getFirst()));
        assertThrows(LinkException.class, () -> link(kernel(Map.of()), extern("LINUX_KERNEL_VERSION", INT, false)));
    }

    @Test
    void whatNoLoadedProgramUsesIsNoError() {
        LinkedObject linked = ObjectLinker.link(
                object(tracepoint(function("main", Code.of(EXIT))))
                        .byteOrder(ByteOrder.LITTLE_ENDIAN)
                        .externs(List.of(extern("CONFIG_X", INT, false)))
                        .btf(TYPES)
                        .build(),
                kernel(Map.of()));
        assertEquals("00000000", hex(linked.maps().getFirst()));
    }

    @Test
    void largeAlignmentComesFirstThenSmallSizeThenName() {
        LinkedObject linked = link(
                kernel(Map.of(
                        "CONFIG_S", "\"hi\"", "CONFIG_L", "1", "CONFIG_B", "y", "CONFIG_A", "y", "CONFIG_I", "7")),
                extern("CONFIG_S", STRING, false),
                extern("CONFIG_B", BOOL, false),
                extern("CONFIG_I", INT, false),
                extern("CONFIG_A", BOOL, false),
                extern("CONFIG_L", ULONG, false));
        assertEquals(
                List.of(
                        new VariableSpec("CONFIG_L", ".kconfig", 0, 8, ULONG),
                        new VariableSpec("CONFIG_I", ".kconfig", 8, 4, INT),
                        new VariableSpec("CONFIG_A", ".kconfig", 12, 1, BOOL),
                        new VariableSpec("CONFIG_B", ".kconfig", 13, 1, BOOL),
                        new VariableSpec("CONFIG_S", ".kconfig", 14, 5, STRING)),
                linked.variables());
        MapSpec map = linked.maps().getFirst();
        assertEquals("0100000000000000" + "07000000" + "01" + "01" + "6869000000", hex(map));
        assertEquals(19, map.valueSize());
        assertEquals(1, map.maxEntries());
        assertEquals(0x480, map.flags(), "BPF_F_RDONLY_PROG | BPF_F_MMAPABLE");
        assertTrue(map.frozen());
        LinkedProgram program = linked.programs().getFirst();
        assertEquals(
                List.of(14, 13, 8, 12, 0),
                List.of(1, 3, 5, 7, 9).stream()
                        .map(slot -> Slots.imm(program.code().slot(slot)))
                        .toList());
        assertEquals(2, Slots.src(program.code().slot(0)), "BPF_PSEUDO_MAP_VALUE");
    }

    @Test
    void otherTypesAreRefused() {
        assertTrue(error(OTHER_ENUM, "y").contains("libbpf_tristate"));
    }

    @Test
    void anObjectWithoutThemGetsNoMap() {
        LinkedObject linked = ObjectLinker.link(
                object(tracepoint(function("main", Code.of(EXIT)))).build(), noKernel());
        assertFalse(linked.maps().stream().anyMatch(map -> map.name().equals(".kconfig")));
    }
}
