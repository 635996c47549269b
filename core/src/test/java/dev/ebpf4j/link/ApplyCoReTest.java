package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.CoReKind;
import dev.ebpf4j.btf.CoReRelo;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules are libbpf's; the numbers are those of the two struct layouts below. */
class ApplyCoReTest {
    private static final long POISON = Slots.of(0x85, 0, 0, 0, 195896080);

    /** {@code struct s { u32 a; u32 u; int i; void *p; }} with members where {@code offsets} says, in bytes. */
    private static Btf btf(int size, int unsignedSize, int signedSize, int... offsets) {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        int u = b.add(new BtfType.Int("unsigned", unsignedSize, 0, 0, unsignedSize * 8));
        int i = b.add(new BtfType.Int("signed", signedSize, BtfType.Int.SIGNED, 0, signedSize * 8));
        int p = b.add(new BtfType.Ptr(0));
        b.add(new BtfType.Struct(
                "s",
                size,
                List.of(
                        new BtfType.Member("u", u, offsets[0] * 8, 0),
                        new BtfType.Member("i", i, offsets[1] * 8, 0),
                        new BtfType.Member("p", p, offsets[2] * 8, 0))));
        b.add(new BtfType.Enum("e", 4, false, List.of(new BtfType.Enumerator("V", offsets[3]))));
        return b.build();
    }

    private static final int STRUCT = 4;
    private static final int ENUM = 5;
    private static final Btf LOCAL = btf(16, 4, 4, 0, 4, 8, 3);
    private static final Btf KERNEL = btf(48, 8, 8, 16, 24, 40, 7);

    private static LinkedProgram link(Btf kernel, CoReKind kind, int type, String access, long... code) {
        Reloc relo = new Reloc.CoRe(0, new CoReRelo(0, type, access, kind));
        return TestObjects.linkOne(
                object(tracepoint(function("main", Code.of(code).concat(Code.of(EXIT)), relo)))
                        .btf(LOCAL),
                LinkInputs.of(kernel));
    }

    private static long field(int opcode, int off, int imm) {
        return Slots.of(opcode, 1, 2, off, imm);
    }

    @Test
    void anImmediateIsReplaced() {
        LinkedProgram linked = link(KERNEL, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", Slots.of(0xb7, 1, 0, 0, 8));
        assertEquals(Slots.of(0xb7, 1, 0, 0, 40), linked.code().slot(0));
        assertEquals(List.of(), linked.poisons());
    }

    @Test
    void bothHalvesOfAWideLoadAreReplaced() {
        LinkedProgram linked =
                link(KERNEL, CoReKind.ENUMVAL_VALUE, ENUM, "0", Slots.of(0x18, 1, 0, 0, 3), Slots.of(0, 0, 0, 0, 0));
        assertEquals(Slots.of(0x18, 1, 0, 0, 7), linked.code().slot(0));
        assertEquals(0, linked.code().slot(1));
    }

    @Test
    void loadsAndStoresGetAnotherOffset() {
        for (int opcode : new int[] {0x79, 0x7b, 0x7a}) {
            LinkedProgram linked = link(KERNEL, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", field(opcode, 8, 0));
            assertEquals(field(opcode, 40, 0), linked.code().slot(0));
        }
    }

    @Test
    @DisplayName("trap cilium h: a field of another width is read by its width, not silently wrong")
    void anUnsignedFieldThatGrewIsReadWhole() {
        LinkedProgram linked = link(KERNEL, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:0", field(0x61, 0, 0));
        assertEquals(field(0x79, 16, 0), linked.code().slot(0), "LDX W becomes LDX DW");
    }

    @Test
    void aSignedFieldThatGrewIsPoison() {
        LinkedProgram linked = link(KERNEL, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:1", field(0x61, 4, 0));
        assertEquals(POISON, linked.code().slot(0));
        assertTrue(linked.poisons().getFirst().reason().contains("4 bytes in the program and 8"));
    }

    @Test
    void aResizedAccessMustHaveTheLocalSize() {
        LinkException e = assertThrows(
                LinkException.class, () -> link(KERNEL, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:0", field(0x69, 0, 0)));
        assertTrue(e.getMessage().contains("accessed with another size"), e.getMessage());
    }

    @Test
    void anOffsetThatNoInstructionHoldsIsRefused() {
        Btf far = btf(40000, 4, 4, 0, 4, 32768, 3);
        LinkException e = assertThrows(
                LinkException.class, () -> link(far, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", field(0x79, 8, 0)));
        assertTrue(e.getMessage().contains("32768") && e.getMessage().contains("32767"), e.getMessage());
        LinkedProgram asImmediate = link(far, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", Slots.of(0xb7, 1, 0, 0, 8));
        assertEquals(32768, Slots.imm(asImmediate.code().slot(0)));
    }

    @Test
    void whatTheInstructionHoldsMustBeWhatTheProgramsTypesSay() {
        LinkException e = assertThrows(
                LinkException.class,
                () -> link(KERNEL, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", Slots.of(0xb7, 1, 0, 0, 9)));
        assertTrue(e.getMessage().contains("holds 9") && e.getMessage().contains("say 8"), e.getMessage());
        assertThrows(
                LinkException.class, () -> link(KERNEL, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", field(0x79, 9, 0)));
        assertThrows(
                LinkException.class,
                () -> link(
                        KERNEL,
                        CoReKind.ENUMVAL_VALUE,
                        ENUM,
                        "0",
                        Slots.of(0x18, 1, 0, 0, 3),
                        Slots.of(0, 0, 0, 0, 1)));
        LinkedProgram typeId = link(KERNEL, CoReKind.TYPE_ID_TARGET, STRUCT, "0", Slots.of(0xb7, 1, 0, 0, 12345));
        assertEquals(STRUCT, Slots.imm(typeId.code().slot(0)), "type ids are not compared");
    }

    @Test
    void instructionsWithoutAPlaceForANumberAreRefused() {
        long[][] unfit = {
            {Slots.of(0xbf, 1, 2, 0, 0)}, // r1 = r2
            {Slots.of(0x05, 0, 0, 8, 0)}, // goto
            {Slots.of(0x18, 1, 1, 0, 8), 0}, // a map
            {Slots.of(0x18, 1, 0, 0, 8), Slots.of(0, 1, 0, 0, 0)}, // garbage in the second half
            {Slots.of(0x20, 0, 0, 0, 8)}, // packet access
        };
        for (long[] code : unfit) {
            LinkException e = assertThrows(
                    LinkException.class, () -> link(KERNEL, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", code));
            assertTrue(e.getMessage().contains("opcode 0x"), e.getMessage());
        }
    }

    @Test
    void whatTheKernelLacksIsPoisonWithAReason() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        int u = b.add(new BtfType.Int("unsigned", 4, 0, 0, 32));
        b.add(new BtfType.Struct("s", 4, List.of(new BtfType.Member("pp", u, 0, 0))));
        Btf without = b.build();

        LinkedProgram load = link(without, CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", field(0x79, 8, 0));
        assertEquals(POISON, load.code().slot(0));
        assertEquals(EXIT, load.code().slot(1));
        assertEquals("struct s.p", load.poisons().getFirst().missing());
        assertTrue(
                load.poisons().getFirst().reason().contains("close names: pp"),
                load.poisons().getFirst().reason());

        LinkedProgram wide =
                link(without, CoReKind.ENUMVAL_VALUE, ENUM, "0", Slots.of(0x18, 1, 0, 0, 3), Slots.of(0, 0, 0, 0, 0));
        assertEquals(POISON, wide.code().slot(0));
        assertEquals(POISON, wide.code().slot(1), "both halves");

        LinkedProgram exists = link(without, CoReKind.FIELD_EXISTS, STRUCT, "0:2", Slots.of(0xb7, 1, 0, 0, 1));
        assertEquals(0, Slots.imm(exists.code().slot(0)), "asking whether it exists is no error");
    }

    @Test
    void aKernelWithoutBtfIsAnErrorOnlyForObjectsThatNeedIt() {
        Reloc relo = new Reloc.CoRe(0, new CoReRelo(0, STRUCT, "0:2", CoReKind.FIELD_BYTE_OFFSET));
        Code code = Code.of(Slots.of(0xb7, 1, 0, 0, 8), EXIT);
        LinkException e = assertThrows(
                LinkException.class,
                () -> TestObjects.linkOne(
                        object(tracepoint(function("main", code, relo))).btf(LOCAL), noKernel()));
        assertTrue(e.getMessage().contains("CONFIG_DEBUG_INFO_BTF"), e.getMessage());
        assertTrue(e.getMessage().contains("withCoReBtf"), e.getMessage());

        LinkedProgram custom = TestObjects.linkOne(
                object(tracepoint(function("main", code, relo))).btf(LOCAL),
                noKernel().withCoReBtf(KERNEL));
        assertEquals(40, Slots.imm(custom.code().slot(0)));

        Reloc localId = new Reloc.CoRe(0, new CoReRelo(0, STRUCT, "0", CoReKind.TYPE_ID_LOCAL));
        LinkedProgram noneNeeded = TestObjects.linkOne(
                object(tracepoint(function("main", code, localId))).btf(LOCAL), noKernel());
        assertEquals(STRUCT, Slots.imm(noneNeeded.code().slot(0)));
    }

    @Test
    void anAmbiguousAnswerIsRefused() {
        BtfBuilder b = BtfBuilder.of(KERNEL);
        b.add(new BtfType.Struct("s", 8, List.of(new BtfType.Member("p", 3, 0, 0))));
        LinkException e = assertThrows(
                LinkException.class,
                () -> link(b.build(), CoReKind.FIELD_BYTE_OFFSET, STRUCT, "0:2", Slots.of(0xb7, 1, 0, 0, 8)));
        assertTrue(e.getMessage().contains("struct s.p"), e.getMessage());
    }
}
