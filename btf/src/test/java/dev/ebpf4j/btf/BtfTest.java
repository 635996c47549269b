package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BtfTest {
    private static final Btf EVERY = Samples.everyKind(ByteOrder.LITTLE_ENDIAN).build();

    @Test
    void namesLeadToTypes() {
        assertEquals(4, EVERY.find("s", BtfType.Struct.class).orElseThrow());
        assertEquals(20, EVERY.find("u", BtfType.Enum.class).orElseThrow());
        assertEquals(22, EVERY.find("u", BtfType.Composite.class).orElseThrow());
        assertArrayEquals(new int[] {20, 22}, EVERY.findAll("u"));
        assertTrue(EVERY.find("u", BtfType.Union.class).isEmpty());
        assertTrue(EVERY.find("", BtfType.class).isEmpty());
        assertEquals(0, EVERY.findAll("").length);
        assertEquals(0, EVERY.findAll("nothing").length);
    }

    /** Names that begin with underscores can be found too. */
    @Test
    void exactAndEssentialNamesOfAllLengths() {
        List<String> names = new ArrayList<>(List.of("___x", "__x", "a___b", "a____b", "a", "a___b___c", "a___", "_"));
        for (int length = 58; length < 75; length++) {
            names.add("n".repeat(length));
            names.add("n".repeat(length) + "___flavour");
            names.add("n".repeat(length) + "___one___two");
        }
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        names.forEach(name -> builder.add(new BtfType.Fwd(name, false)));
        Btf btf = builder.build();
        for (int i = 0; i < names.size(); i++) {
            assertArrayEquals(new int[] {i + 1}, btf.findAll(names.get(i)), names.get(i));
            String essential = Btf.essentialName(names.get(i));
            int[] expected = IntStream.range(0, names.size())
                    .filter(j -> Btf.essentialName(names.get(j)).equals(essential))
                    .map(j -> j + 1)
                    .toArray();
            assertArrayEquals(expected, btf.findEssential(essential), essential);
        }
    }

    /** cilium.md 10 b: 19 functions of the kernel, such as this one, could not be found by their names. */
    @Test
    void trapNamesThatBeginWithUnderscoresAreFound() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        int proto = builder.add(new BtfType.FuncProto(0, List.of()));
        int function = builder.add(new BtfType.Func("___sys_sendmsg", proto, BtfLinkage.STATIC));
        int struct = builder.add(new BtfType.Struct("___slab", 0, List.of()));
        Btf btf = builder.build();
        assertEquals(function, btf.find("___sys_sendmsg", BtfType.Func.class).orElseThrow());
        assertEquals(struct, btf.find("___slab", BtfType.Struct.class).orElseThrow());
        assertArrayEquals(new int[] {struct}, btf.findEssential("___slab"));
        assertEquals(0, btf.findAll("").length);
    }

    /** cilium.md 10 c: a name with four underscores brought up others, and so false ambiguities. */
    @Test
    void trapAnExactNameBringsUpNoOthers() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        for (String name : List.of("x", "_x", "__x", "___x", "____x", "x___a", "x____a", "____x___a")) {
            builder.add(new BtfType.Struct(name, 0, List.of()));
        }
        Btf btf = builder.build();
        for (int id = 1; id < btf.typeCount(); id++) {
            assertArrayEquals(new int[] {id}, btf.findAll(btf.name(id)));
        }
        assertArrayEquals(new int[] {5, 8}, btf.findEssential("____x"));
    }

    /** Maps of old objects hold numbers as the lengths of arrays. */
    @Test
    void anArrayMayHaveFourThousandMillionElements() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        builder.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        builder.add(new BtfType.Array(1, 1, 4_000_000_000L));
        assertEquals(new BtfType.Array(1, 1, 4_000_000_000L), builder.build().type(2));
        assertThrows(BtfFormatException.class, () -> builder.build().sizeOf(2));
        assertThrows(IllegalArgumentException.class, () -> builder.add(new BtfType.Array(1, 1, 1L << 32)));
    }

    @Test
    void sizesAndAlignments() {
        assertEquals(4, EVERY.sizeOf(1));
        assertEquals(8, EVERY.sizeOf(2));
        assertEquals(28, EVERY.sizeOf(3));
        assertEquals(16, EVERY.sizeOf(4));
        assertEquals(8, EVERY.sizeOf(8), "typedef of volatile const restrict pointer");
        assertEquals(2, EVERY.resolve(8));
        assertEquals(4, EVERY.sizeOf(14), "variable");
        assertEquals(8, EVERY.alignOf(4));
        assertEquals(4, EVERY.alignOf(3));
        assertThrows(BtfFormatException.class, () -> EVERY.sizeOf(0));
        assertThrows(BtfFormatException.class, () -> EVERY.sizeOf(7));
        assertThrows(BtfFormatException.class, () -> EVERY.type(23));
        assertThrows(BtfFormatException.class, () -> EVERY.type(-1));
    }

    @Test
    void everyFormOfInputGivesTheSame() {
        byte[] bytes = EVERY.toBytes();
        byte[] padded = new byte[bytes.length + 10];
        System.arraycopy(bytes, 0, padded, 5, bytes.length);
        assertEquals(EVERY, Btf.parse(ByteBuffer.wrap(padded, 5, bytes.length)));
        assertEquals(EVERY, Btf.parse(MemorySegment.ofArray(padded).asSlice(5, bytes.length)));
        assertEquals(EVERY, Btf.parse(Arrays.copyOf(bytes, bytes.length + 3)), "bytes behind the last section");
    }

    /** Trap 33. */
    @Test
    void trap33ManyEnumeratorsAndALongerHeader() {
        List<BtfType.Enumerator> many = new ArrayList<>();
        for (int i = 0; i < 70_000; i++) {
            many.add(new BtfType.Enumerator("E" + i, i));
        }
        BtfBuilder builder = new BtfBuilder(ByteOrder.BIG_ENDIAN).withLayout();
        builder.add(new BtfType.Enum("e", 4, false, many));
        builder.add(new BtfType.Int("int", 4, 1, 0, 32));
        byte[] bytes = builder.toBytes();
        byte[] longer = new byte[bytes.length + 8];
        System.arraycopy(bytes, 0, longer, 0, 32);
        System.arraycopy(bytes, 32, longer, 40, bytes.length - 32);
        longer[7] = 40;
        Btf btf = Btf.parse(longer);
        assertEquals(many, assertInstanceOf(BtfType.Enum.class, btf.type(1)).enumerators());
        assertEquals("int", btf.name(2));
        assertArrayEquals(longer, btf.toBytes());
    }

    @Test
    void trap33AKindFromTheFutureIsSkippedWhenTheLayoutSectionDescribesIt() {
        ByteBuffer b = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        int types = 12 + 4 + 2 * 8 + 12 + 4;
        int layout = 4 * 26;
        b.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(32);
        b.putInt(0).putInt(types).putInt(types + layout).putInt(5).putInt(types).putInt(layout);
        b.putInt(1).putInt((25 << 24) | 2).putInt(77).putInt(0).putLong(1).putLong(2);
        b.putInt(1).putInt(1 << 24).putInt(4).putInt(32);
        b.put(32 + types + 4 * 25, (byte) 4).put(32 + types + 4 * 25 + 1, (byte) 8);
        b.position(32 + types + layout).put(new byte[] {0, 'n', 'e', 'w', 0}).flip();
        Btf btf = Btf.parse(b);
        assertEquals(new BtfType.Unknown("new", 25), btf.type(1));
        assertEquals(new BtfType.Int("new", 4, 0, 0, 32), btf.type(2));
        byte[] undescribed = btf.toBytes();
        undescribed[28] = 0;
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> Btf.parse(undescribed));
        assertEquals("types", e.part());
        assertEquals(0, e.offset());
    }
}
