package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BtfBuilderTest {
    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void whatIsWrittenIsReadBack(ByteOrder order) {
        for (BtfBuilder builder :
                List.of(Samples.everyKind(order), Samples.everyKind(order).withLayout())) {
            Btf btf = builder.build();
            assertEquals(order, btf.byteOrder());
            assertEquals(Samples.EVERY_KIND, types(btf));
            assertEquals(btf, Btf.parse(btf.toBytes()));
            assertArrayEquals(builder.toBytes(), btf.toBytes());
            assertArrayEquals(builder.toBytes(), BtfBuilder.of(btf).toBytes());
        }
    }

    @Test
    void aHeaderInTheShortAndTheLongForm() {
        byte[] shorter = Samples.everyKind(ByteOrder.LITTLE_ENDIAN).toBytes();
        byte[] longer = Samples.everyKind(ByteOrder.LITTLE_ENDIAN).withLayout().toBytes();
        assertEquals(24, shorter[4]);
        assertEquals(32, longer[4]);
        assertEquals(shorter.length + 8 + 20 * 4, longer.length);
    }

    @Test
    void replacingTypesKeepsIdsAndLeavesTheOriginalAlone() {
        Btf before = Samples.everyKind(ByteOrder.LITTLE_ENDIAN).build();
        BtfType.DataSec placed = new BtfType.DataSec(".data", 24, List.of(new BtfType.SecInfo(14, 20, 4)));
        BtfType.Var renamed = new BtfType.Var("fresh", 1, BtfLinkage.GLOBAL);
        Btf after = before.withTypes(Map.of(15, placed, 14, renamed));
        assertEquals(placed, after.type(15));
        assertEquals(renamed, after.type(14));
        assertEquals(Samples.EVERY_KIND, types(before));
        List<BtfType> expected = new ArrayList<>(Samples.EVERY_KIND);
        expected.set(13, renamed);
        expected.set(14, placed);
        assertEquals(expected, types(after));
    }

    @Test
    void takesWhatATypeReachesAndNothingElse() {
        Btf source = Samples.everyKind(ByteOrder.BIG_ENDIAN).build();
        BtfBuilder target = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        target.add(new BtfType.Float("first", 8));
        IntUnaryOperator ids = target.addReachable(source, 8);
        Btf btf = target.build();
        assertEquals(new BtfType.Typedef("t", ids.applyAsInt(9)), btf.type(ids.applyAsInt(8)));
        assertEquals(new BtfType.Ptr(ids.applyAsInt(4)), btf.type(ids.applyAsInt(2)));
        assertEquals(((BtfType.Struct) source.type(4)).size(), btf.sizeOf(ids.applyAsInt(4)));
        // t, volatile, const, restrict, ptr, s, its union, enum and int, and the first one
        assertEquals(10, btf.typeCount() - 1);
        assertThrows(IllegalArgumentException.class, () -> ids.applyAsInt(12));
    }

    @Test
    void aSplitTableContinuesItsBase() {
        Btf base = Samples.everyKind(ByteOrder.LITTLE_ENDIAN).build();
        BtfBuilder builder = BtfBuilder.split(base);
        int own = builder.add(new BtfType.Struct("own", 4, List.of(new BtfType.Member("i", 1, 0, 0))));
        int flavour = builder.add(new BtfType.Typedef("t___mine", own));
        Btf split = builder.build();
        assertEquals(base.typeCount(), own);
        assertEquals("own", split.name(own));
        assertEquals(base.type(4), split.type(4));
        assertEquals(own, split.resolve(flavour));
        assertEquals(own, split.find("own", BtfType.Struct.class).orElseThrow());
        assertArrayEquals(new int[] {8, flavour}, split.findEssential("t"));
        assertArrayEquals(new int[] {8}, split.findAll("t"));
        assertEquals(8, split.alignOf(4));
        assertEquals(split, Btf.parseSplit(split.toBytes(), base));
        assertArrayEquals(split.toBytes(), BtfBuilder.of(split).toBytes());
    }

    @Test
    void aReferenceToNowhereIsFoundWhenBuilding() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        builder.add(new BtfType.Ptr(2));
        assertThrows(BtfFormatException.class, builder::build);
        assertThrows(IllegalArgumentException.class, () -> builder.add(new BtfType.Void()));
        assertThrows(IllegalArgumentException.class, () -> builder.set(9, new BtfType.Ptr(0)));
        assertThrows(IllegalArgumentException.class, () -> builder.addString("a\0b"));
    }

    static List<BtfType> types(Btf btf) {
        List<BtfType> types = new ArrayList<>();
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            types.add(btf.type(id));
        }
        return types;
    }
}
