package dev.ebpf4j.insn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodeTest {
    /** {@code if r3 != r10 goto -2} with a reserved immediate, in both byte orders, by the picture in RFC 9669 section 3. */
    private static final byte[] LITTLE = HexFormat.of().parseHex("5da3feff78563412");

    private static final byte[] BIG = HexFormat.of().parseHex("5d3afffe12345678");

    @Test
    void bothByteOrdersGiveTheSameFields() {
        for (Code code : List.of(Code.of(LITTLE, ByteOrder.LITTLE_ENDIAN), Code.of(BIG, ByteOrder.BIG_ENDIAN))) {
            long slot = code.slot(0);
            assertEquals(0x5d, Slots.opcode(slot));
            assertEquals(3, Slots.dst(slot));
            assertEquals(10, Slots.src(slot));
            assertEquals(-2, Slots.off(slot));
            assertEquals(0x12345678, Slots.imm(slot));
            assertEquals(slot, Slots.of(0x5d, 3, 10, -2, 0x12345678));
            assertArrayEquals(LITTLE, code.toBytes(ByteOrder.LITTLE_ENDIAN));
            assertArrayEquals(BIG, code.toBytes(ByteOrder.BIG_ENDIAN));
        }
    }

    @Test
    void anyBytesSurviveInBothOrders() {
        byte[] bytes = new byte[8 * 100_000];
        new Random(1).nextBytes(bytes);
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            assertArrayEquals(bytes, Code.of(bytes, order).toBytes(order));
        }
    }

    @Test
    void fieldSettersTouchOnlyTheirField() {
        Random random = new Random(2);
        for (int i = 0; i < 100_000; i++) {
            long s = random.nextLong();
            assertEquals(s, Slots.withOpcode(Slots.withOpcode(s, random.nextInt()), Slots.opcode(s)));
            assertEquals(s, Slots.withDst(Slots.withDst(s, random.nextInt()), Slots.dst(s)));
            assertEquals(s, Slots.withSrc(Slots.withSrc(s, random.nextInt()), Slots.src(s)));
            assertEquals(s, Slots.withOff(Slots.withOff(s, (short) random.nextInt()), Slots.off(s)));
            assertEquals(s, Slots.withImm(Slots.withImm(s, random.nextInt()), Slots.imm(s)));
        }
        assertThrows(IllegalArgumentException.class, () -> Slots.withOff(0, 32768));
        assertThrows(IllegalArgumentException.class, () -> Slots.withOff(0, -32769));
    }

    @Test
    void aHalfSlotIsRefused() {
        InsnFormatException e =
                assertThrows(InsnFormatException.class, () -> Code.of(new byte[12], ByteOrder.LITTLE_ENDIAN));
        assertEquals("instructions end in the middle of a slot: 12 bytes, expected a multiple of 8", e.getMessage());
    }

    @Test
    void slicesAndPartsFitTogether() {
        Code code = Code.of(10, 11, 12, 13);
        assertEquals(code, code.slice(0, 1).concat(code.slice(1, 4)));
        assertEquals(code, Code.concat(List.of(code.slice(0, 2), Code.empty(), code.slice(2, 4))));
        assertEquals(Code.of(10, 7, 8, 13), code.withSlots(1, Code.of(7, 8)));
        assertEquals(Code.of(10, 11, 12, 9), code.withSlot(3, 9));
        assertEquals(Code.of(10, 11, 12, 13), code);
        assertThrows(IndexOutOfBoundsException.class, () -> code.withSlots(3, Code.of(7, 8)));
        assertThrows(IndexOutOfBoundsException.class, () -> code.slice(1, 5));
        assertThrows(IndexOutOfBoundsException.class, () -> code.slot(4));
    }

    @Test
    void anEditorLeavesItsSourceAlone() {
        Code code = Code.of(0x18, 0, 0x95);
        CodeEditor editor =
                code.edit().setImm64(0, 0x1122334455667788L).setSrc(0, 1).setOff(2, -1);
        Code edited = editor.toCode();
        editor.setSlot(2, 0);
        assertEquals(Code.of(0x18, 0, 0x95), code);
        assertEquals(Code.of(0x55667788_0000_1018L, 0x11223344_0000_0000L, 0xffff_0095L), edited);
        assertEquals(0x1122334455667788L, Slots.imm64(edited.slot(0), edited.slot(1)));
        assertThrows(IndexOutOfBoundsException.class, () -> editor.setImm64(2, 0));
    }
}
