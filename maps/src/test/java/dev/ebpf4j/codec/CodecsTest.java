package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.rings.Event;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodecsTest {
    /** {@code struct event} as a C compiler lays it out: 48 bytes with holes after {@code flag} and {@code comm}. */
    private static final Btf BTF = btf();

    private static Btf btf() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.nativeOrder());
        int s32 = builder.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        int u64 = builder.add(new BtfType.Int("unsigned long long", 8, 0, 0, 64));
        int bool = builder.add(new BtfType.Int("_Bool", 1, BtfType.Int.BOOL, 0, 8));
        int chr = builder.add(new BtfType.Int("char", 1, BtfType.Int.SIGNED, 0, 8));
        int comm = builder.add(new BtfType.Array(chr, s32, 13));
        int point = builder.add(new BtfType.Struct(
                "point", 8, List.of(new BtfType.Member("x", s32, 0, 0), new BtfType.Member("y", s32, 32, 0))));
        builder.add(new BtfType.Struct(
                "event",
                48,
                List.of(
                        new BtfType.Member("pid", s32, 0, 0),
                        new BtfType.Member("flag", bool, 32, 0),
                        new BtfType.Member("duration_ns", u64, 64, 0),
                        new BtfType.Member("comm", comm, 128, 0),
                        new BtfType.Member("where", point, 256, 0),
                        new BtfType.Member("last", u64, 320, 0))));
        builder.add(new BtfType.Struct("bits", 4, List.of(new BtfType.Member("three", s32, 0, 3))));
        return builder.build();
    }

    private record Point(int x, int y) {}

    @SuppressWarnings("ArrayRecordComponent") // compared member by member
    private record Event(boolean flag, int pid, long durationNs, String comm, Point where, byte[] last) {}

    private static final TypeRef EVENT = TypeRef.named(BTF, "event");

    private static byte[] bytesOfEvent() {
        ByteBuffer bytes = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
        bytes.putInt(0, 77).put(4, (byte) 1).putLong(8, 1_000_000_007L);
        bytes.put(16, "sleep".getBytes(UTF_8));
        bytes.putInt(32, -1).putInt(36, 2).putLong(40, 0x0102030405060708L);
        return bytes.array();
    }

    @Test
    void recordsAreReadAndWrittenByMemberNames() {
        Codec<Event> codec = Codecs.record(Event.class).bind(EVENT);
        assertEquals(48, codec.size());
        MemorySegment memory = MemorySegment.ofArray(new byte[64]);
        MemorySegment.copy(MemorySegment.ofArray(bytesOfEvent()), 0, memory, 8, 48);
        Event event = codec.read(memory, 8);
        assertEquals(77, event.pid());
        assertTrue(event.flag());
        assertEquals(1_000_000_007L, event.durationNs());
        assertEquals("sleep", event.comm());
        assertEquals(new Point(-1, 2), event.where());
        assertEquals(
                0x0102030405060708L,
                ByteBuffer.wrap(event.last()).order(ByteOrder.nativeOrder()).getLong());
        byte[] target = new byte[64];
        Arrays.fill(target, (byte) 0x55);
        codec.write(event, MemorySegment.ofArray(target), 8);
        assertArrayEquals(bytesOfEvent(), Arrays.copyOfRange(target, 8, 56), "holes are zero");
        assertEquals(0x55, target[7]);
        assertEquals(0x55, target[56]);
    }

    private record Wrong(int pid, int flag, int durationNs, String comm, Point where, int extra) {}

    @Test
    void aMismatchShowsBothLayouts() {
        String message = assertThrows(
                        CodecMismatchException.class,
                        () -> Codecs.record(Wrong.class).bind(EVENT))
                .toString();
        assertTrue(message.contains("the type event (struct event, 48 bytes) does not fit record Wrong"), message);
        String table = message.substring(message.indexOf('\n') + 1);
        assertEquals("""
              offset  size  struct event                    record Wrong
                   0     4  int pid                         int pid
                   4     1  _Bool flag                      int flag        <- int has 4 bytes; use byte or boolean
                   8     8  unsigned long long duration_ns  int durationNs  <- int has 4 bytes; use long
                  16    13  char[13] comm                   String comm
                  32     8  struct point where              Point where
                  40     8  unsigned long long last                         <- no component of this name
                                                            int extra       <- no member of this name\
            """, table);
    }

    private record Bits(int three) {}

    private record Wide(String three) {}

    @Test
    void bitfieldsAreNumbersAndChecked() {
        Codec<Bits> codec = Codecs.record(Bits.class).bind(TypeRef.named(BTF, "bits"));
        MemorySegment memory = MemorySegment.ofArray(new byte[] {7, 7, 7, 7});
        codec.write(new Bits(-4), memory, 0);
        assertEquals(-4, codec.read(memory, 0).three());
        String large = assertThrows(IllegalArgumentException.class, () -> codec.write(new Bits(4), memory, 0))
                .toString();
        assertTrue(large.contains("4 is no signed number of 3 bits"), large);
        String message = assertThrows(
                        CodecMismatchException.class,
                        () -> Codecs.record(Wide.class).bind(TypeRef.named(BTF, "bits")))
                .toString();
        assertTrue(
                message.contains("0    3b  int three:3  String three  <- String does not fit a bitfield; use int"),
                message);
        assertThrows(MissingObjectException.class, () -> TypeRef.named(BTF, "nothing"));
    }

    @Test
    void withoutBtfARecordIsLaidOutAsInC() {
        record Mixed(byte a, long b, short c, int d) {}
        Codec<Mixed> codec = Codecs.record(Mixed.class).bind(TypeRef.ofSize("value", 24));
        MemorySegment memory = MemorySegment.ofArray(new byte[24]);
        codec.write(new Mixed((byte) 1, 2, (short) 3, 4), memory, 0);
        ByteBuffer bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
        assertEquals(
                List.of(1L, 2L, 3L, 4L),
                List.of((long) bytes.get(0), bytes.getLong(8), (long) bytes.getShort(16), (long) bytes.getInt(20)));
        assertEquals(new Mixed((byte) 1, 2, (short) 3, 4), codec.read(memory, 0));
        assertThrows(
                CodecMismatchException.class, () -> Codecs.record(Mixed.class).bind(TypeRef.ofSize("value", 16)));
    }

    @Test
    void aLookupOpensHiddenRecords() {
        Codec<Point> codec = Codecs.record(MethodHandles.lookup(), Point.class).bind(TypeRef.named(BTF, "point"));
        assertEquals(8, codec.size());
        assertThrows(
                IllegalStateException.class, () -> Codecs.record(Point.class).size());
    }

    @Test
    void numbersKeepTheirByteOrder() {
        MemorySegment memory = MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        ByteBuffer nativeOrder = memory.asByteBuffer().order(ByteOrder.nativeOrder());
        assertEquals((byte) 2, Codecs.BYTE.read(memory, 1));
        assertEquals(nativeOrder.getShort(1), Codecs.SHORT.read(memory, 1));
        assertEquals(nativeOrder.getInt(1), Codecs.INT.read(memory, 1));
        assertEquals(nativeOrder.getLong(0), Codecs.LONG.read(memory, 0));
        assertEquals((short) 0x0203, Codecs.SHORT_BE.read(memory, 1));
        assertEquals(0x02030405, Codecs.INT_BE.read(memory, 1));
        assertEquals(0x0102030405060708L, Codecs.LONG_BE.read(memory, 0));
        Codecs.INT_BE.write(0x0a0b0c0d, memory, 2);
        assertEquals(0x0a, memory.get(JAVA_BYTE, 2));
        assertTrue(Codecs.BOOLEAN.read(memory, 0));
    }

    @Test
    void numbersRefuseOtherSizesAndKinds() {
        assertSame(Codecs.INT, Codecs.INT.bind(TypeRef.named(BTF, "int")));
        assertThrows(CodecMismatchException.class, () -> Codecs.LONG.bind(TypeRef.named(BTF, "int")));
        String struct = assertThrows(CodecMismatchException.class, () -> Codecs.LONG.bind(TypeRef.named(BTF, "point")))
                .toString();
        assertTrue(struct.contains("struct point") && struct.contains("another kind of type"), struct);
        Codecs.bytes(8).bind(TypeRef.named(BTF, "point"));
    }

    @Test
    void stringsEndAtNulOrFillTheArray() {
        MemorySegment memory = MemorySegment.ofArray("héllo".getBytes(UTF_8));
        assertEquals("héllo", Codecs.string(6).read(memory, 0));
        Codecs.string(6).write("ab", memory, 0);
        assertArrayEquals(new byte[] {'a', 'b', 0, 0, 0, 0}, memory.toArray(JAVA_BYTE));
        assertEquals("ab", Codecs.string(6).read(memory, 0));
        assertThrows(IllegalArgumentException.class, () -> Codecs.string(6).write("1234567", memory, 0));
        assertThrows(IllegalArgumentException.class, () -> Codecs.bytes(6).write(new byte[5], memory, 0));
        assertThrows(CodecMismatchException.class, () -> Codecs.string(8).bind(TypeRef.named(BTF, "point")));
    }
}
