package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BtfExtTest {
    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void readsRecordsOfKnownAndLargerSize(ByteOrder order) {
        for (int extra = 0; extra <= 8; extra += 4) {
            BtfBuilder builder = Samples.everyKind(order);
            byte[] bytes = Samples.ext(builder, true, extra);
            Btf btf = builder.build();
            BtfExt ext = BtfExt.parse(bytes, btf);
            assertEquals(Set.of("s"), ext.sections());
            assertEquals(List.of(new FuncInfo(0, 12)), ext.functions("s"));
            assertEquals(List.of(new CoReRelo(8, 4, "0:1:0", CoReKind.FIELD_EXISTS)), ext.relocations("s"));
            List<LineInfo> lines = ext.lines("s");
            assertEquals(2, lines.size());
            assertEquals("a.c:7:3 return 0;", text(lines.get(0), btf));
            assertEquals("a.c:4194303:1023 ", text(lines.get(1), btf));
            assertEquals(16, lines.get(1).insnOffset());
        }
    }

    private static String text(LineInfo line, Btf btf) {
        return "%s:%d:%d %s".formatted(line.fileName(btf), line.line(), line.column(), line.text(btf));
    }

    @Test
    void theShortHeaderHasNoRelocations() {
        BtfBuilder builder = Samples.everyKind(ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = Samples.ext(builder, false);
        BtfExt ext = BtfExt.parse(bytes, builder.build());
        assertEquals(List.of(), ext.relocations("s"));
        assertEquals(1, ext.functions("s").size());
    }

    /** All of the real objects at hand, 1,306, were written back byte for byte. */
    @ParameterizedTest
    @MethodSource("orders")
    void isWrittenBackByteForByte(ByteOrder order) {
        BtfBuilder builder = Samples.everyKind(order);
        byte[] bytes = Samples.ext(builder, true, 0);
        Btf btf = builder.build();
        assertArrayEquals(bytes, BtfExt.parse(bytes, btf).toBytes(BtfBuilder.of(btf)));
        ByteOrder other = order == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        BtfBuilder swapped = BtfBuilder.of(btf, other);
        byte[] there = BtfExt.parse(bytes, btf).toBytes(swapped);
        assertArrayEquals(bytes, BtfExt.parse(there, swapped.build()).toBytes(BtfBuilder.of(btf)));
    }

    /** What the static linker does: types, dedup, records. */
    @Test
    void twoObjectsBecomeOne() {
        BtfBuilder one = Samples.everyKind(ByteOrder.LITTLE_ENDIAN);
        byte[] ext = Samples.ext(one, true, 0);
        Btf btf = one.build();
        BtfExt records = BtfExt.parse(ext, btf);
        BtfBuilder both = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        List<IntUnaryOperator> ids = List.of(both.addAll(btf), both.addAll(btf));
        BtfMapping deduped = both.build().dedup();
        BtfBuilder out = BtfBuilder.of(deduped.btf());
        BtfExtBuilder merged = new BtfExtBuilder(out);
        for (int i = 0; i < 2; i++) {
            IntUnaryOperator map = ids.get(i).andThen(deduped.ids());
            merged.addAll(records, btf, map, new BtfExtBuilder.Place("s", "all", 24 * i));
        }
        byte[] bytes = merged.toBytes();
        Btf result = out.build();
        BtfExt read = BtfExt.parse(bytes, result);
        assertEquals(Set.of("all"), read.sections());
        assertEquals(List.of(new FuncInfo(0, 12), new FuncInfo(24, 12)), read.functions("all"));
        assertEquals(
                List.of(
                        new CoReRelo(8, 4, "0:1:0", CoReKind.FIELD_EXISTS),
                        new CoReRelo(32, 4, "0:1:0", CoReKind.FIELD_EXISTS)),
                read.relocations("all"));
        assertEquals("a.c:7:3 return 0;", text(read.lines("all").get(2), result));
    }

    @Test
    void namesWhatIsWrongAndWhere() {
        BtfBuilder builder = Samples.everyKind(ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = Samples.ext(builder, true);
        Btf btf = builder.build();
        bytes[bytes.length - 8] = 99; // the kind of the last record
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> BtfExt.parse(bytes, btf));
        assertEquals("core_relo", e.part());
        assertEquals(bytes.length - 8, e.offset());
        assertEquals("BTF core_relo at byte 132: found kind 99, expected less than 13", e.getMessage());
    }
}
