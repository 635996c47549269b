package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Uapi.Flag;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MappedArrayTest {
    private static MapSpec spec(int valueSize, int maxEntries, int flags) {
        return KernelMaps.spec(MapType.ARRAY, 4, valueSize, maxEntries).withFlags(Flag.BPF_F_MMAPABLE | flags);
    }

    private static byte[] element(BpfMap map, int index) {
        byte[] value = new byte[map.valueSize()];
        byte[] key = new byte[Integer.BYTES];
        MemorySegment.ofArray(key).set(JAVA_INT_UNALIGNED, 0, index);
        assertTrue(map.lookup(MemorySegment.ofArray(key), MemorySegment.ofArray(value)));
        return value;
    }

    @Test
    void kernelElementsStandAtTheirStride() {
        record Size(int value, int stride) {}
        for (Size size : List.of(new Size(1, 8), new Size(8, 8), new Size(12, 16), new Size(20, 24))) {
            try (BpfMap map = KernelMaps.create(spec(size.value, 1000, 0));
                    MappedArray array = MappedArray.open(map)) {
                assertEquals(size.stride, array.stride());
                assertEquals(1000L * size.stride, array.memory().byteSize());
                for (int index : new int[] {0, 1, 511, 999}) {
                    array.element(index).fill((byte) (index + 1));
                    byte[] expected = new byte[size.value];
                    Arrays.fill(expected, (byte) (index + 1));
                    assertEquals(size.value, array.element(index).byteSize());
                    assertArrayEquals(expected, element(map, index), "" + index);
                }
                assertArrayEquals(new byte[size.value], element(map, 2));
            }
        }
    }

    @Test
    void kernelValuesAreReadAndWrittenInEveryWay() {
        try (BpfMap map = KernelMaps.create(spec(24, 10, 0));
                MappedArray array = MappedArray.open(map)) {
            array.setLong(3, 0x0102030405060708L);
            assertEquals(0x0102030405060708L, array.getLong(3));
            assertEquals(0x0102030405060708L, array.sharedLong(3, 0).get());
            assertEquals(
                    0x0102030405060708L, MemorySegment.ofArray(element(map, 3)).get(JAVA_LONG_UNALIGNED, 0));
            array.sharedLong(3, 16).set(-5);
            assertEquals(-5L, array.element(3).get(JAVA_LONG, 16));
            array.setInt(9, 77);
            assertEquals(77, array.getInt(9));
            array.sharedInt(9, 20).set(78);
            assertEquals(78, array.element(9).get(JAVA_INT, 20));
            MappedValues<byte[]> values = array.values(Codecs.bytes(24));
            byte[] bytes = new byte[24];
            Arrays.fill(bytes, (byte) 9);
            values.set(4, bytes);
            assertArrayEquals(bytes, values.get(4));
            assertArrayEquals(bytes, element(map, 4));
            assertEquals(10, values.length());
            assertThrows(CodecMismatchException.class, () -> array.values(Codecs.LONG));
        }
    }

    @Test
    void nothingBeyondTheElementsIsReached() {
        ScriptedSys sys = new ScriptedSys();
        try (BpfMap map = KernelMaps.create(sys, spec(12, 10, 0));
                MappedArray array = MappedArray.open(map)) {
            MappedValues<byte[]> values = array.values(Codecs.bytes(12));
            for (int index : new int[] {-1, 10, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                for (Executable access : List.<Executable>of(
                        () -> array.getLong(index),
                        () -> array.setLong(index, 1),
                        () -> array.getInt(index),
                        () -> array.setInt(index, 1),
                        () -> array.element(index),
                        () -> array.sharedLong(index, 0),
                        () -> array.sharedInt(index, 4),
                        () -> values.get(index),
                        () -> values.set(index, new byte[12]))) {
                    assertThrows(IndexOutOfBoundsException.class, access, "" + index);
                }
            }
            assertThrows(IndexOutOfBoundsException.class, () -> array.sharedLong(0, 8), "12 bytes have one long");
            assertThrows(IndexOutOfBoundsException.class, () -> array.sharedInt(0, -4));
            assertThrows(IllegalArgumentException.class, () -> array.sharedLong(0, 4));
            assertThrows(IllegalArgumentException.class, () -> array.sharedInt(0, 2));
        }
        try (BpfMap map = KernelMaps.create(sys, spec(4, 10, 0));
                MappedArray array = MappedArray.open(map)) {
            String words = assertThrows(IndexOutOfBoundsException.class, () -> array.getLong(0))
                    .getMessage();
            assertEquals("the elements of map 'test_map' have 4 bytes, and 8 were asked for", words);
            assertThrows(IndexOutOfBoundsException.class, () -> array.setLong(0, 1));
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void sharedNumbersHaveTheOperationsOfAtomics() {
        ScriptedSys sys = new ScriptedSys();
        try (BpfMap map = KernelMaps.create(sys, spec(8, 10, 0));
                MappedArray array = MappedArray.open(map)) {
            SharedLong wide = array.sharedLong(1, 0);
            wide.set(1L << 40);
            assertEquals(1L << 40, wide.getPlain());
            wide.setPlain(6);
            assertEquals(6, wide.getOpaque());
            wide.setOpaque(7);
            assertEquals(7, wide.getAcquire());
            wide.setRelease(8);
            assertEquals(8, wide.getAndSet(12));
            assertFalse(wide.compareAndSet(8, 9));
            assertTrue(wide.compareAndSet(12, 9));
            assertEquals(9, wide.compareAndExchange(8, 1));
            assertEquals(9, wide.compareAndExchange(9, 10));
            assertEquals(10, wide.getAndAdd(-3));
            assertEquals(9, wide.addAndGet(2));
            assertEquals(9, wide.getAndOr(6));
            assertEquals(15, wide.getAndAnd(12));
            assertEquals(12, wide.getAndXor(-1));
            assertEquals("-13", wide.toString());

            SharedInt narrow = array.sharedInt(2, 4);
            narrow.set(1 << 30);
            assertEquals(1 << 30, narrow.getPlain());
            narrow.setPlain(6);
            assertEquals(6, narrow.getOpaque());
            narrow.setOpaque(7);
            assertEquals(7, narrow.getAcquire());
            narrow.setRelease(8);
            assertEquals(8, narrow.getAndSet(12));
            assertFalse(narrow.compareAndSet(8, 9));
            assertTrue(narrow.compareAndSet(12, 9));
            assertEquals(9, narrow.compareAndExchange(8, 1));
            assertEquals(9, narrow.compareAndExchange(9, 10));
            assertEquals(10, narrow.getAndAdd(-3));
            assertEquals(9, narrow.addAndGet(2));
            assertEquals(9, narrow.getAndOr(6));
            assertEquals(15, narrow.getAndAnd(12));
            assertEquals(12, narrow.getAndXor(-1));
            assertEquals("-13", narrow.toString());
            assertEquals(0, array.getInt(2), "beside it");
        }
    }

    @Test
    void kernelAMapThatIsMappedForWritingCanNotBeFrozen() {
        try (BpfMap map = KernelMaps.create(spec(8, 4, 0))) {
            try (MappedArray array = MappedArray.open(map)) {
                assertFalse(array.isReadOnly());
                array.setLong(2, 99);
                BpfException busy = assertThrows(BpfException.class, map::freeze);
                assertTrue(busy.errno().is(Errno.EBUSY), busy::getMessage);
                assertTrue(busy.getMessage().contains("map 'test_map'"), busy::getMessage);
                assertTrue(busy.getMessage().contains("mapped into memory for writing"), busy::getMessage);
            }
            try (MappedArray reader = MappedArray.openReadOnly(map)) {
                map.freeze();
                assertEquals(99, reader.getLong(2));
            }
            try (MappedArray frozen = MappedArray.open(map)) {
                assertEquals(99, frozen.getLong(2));
                assertCanOnlyBeRead(frozen);
            }
            MapAccessException again = assertThrows(MapAccessException.class, map::freeze);
            assertEquals(MapAccessException.Reason.FROZEN, again.reason());
        }
    }

    private static void assertCanOnlyBeRead(MappedArray array) {
        assertTrue(array.isReadOnly());
        assertTrue(array.memory().isReadOnly());
        assertTrue(array.toString().endsWith("read-only)"), array::toString);
        SharedLong wide = array.sharedLong(0, 0);
        SharedInt narrow = array.sharedInt(0, 0);
        MappedValues<Long> values = array.values(Codecs.LONG);
        for (Executable write : List.<Executable>of(
                () -> array.setLong(0, 1),
                () -> array.setInt(0, 1),
                () -> values.set(0, 1L),
                () -> wide.set(1),
                () -> wide.getAndAdd(1),
                () -> wide.compareAndSet(0, 1),
                () -> narrow.setRelease(1),
                () -> narrow.getAndOr(1))) {
            ReadOnlyMemoryException e = assertThrows(ReadOnlyMemoryException.class, write);
            assertTrue(
                    String.valueOf(e.getMessage()).startsWith("the memory of map 'test_map' can only be read"),
                    e::getMessage);
        }
    }

    @Test
    void kernelMapsThatAreForReadingAreMappedForReading() {
        try (BpfMap map = KernelMaps.create(spec(8, 4, Flag.BPF_F_RDONLY_PROG));
                MappedArray array = MappedArray.open(map)) {
            assertEquals(0, array.getLong(0));
            assertCanOnlyBeRead(array);
        }
        for (int flag : new int[] {Flag.BPF_F_RDONLY, Flag.BPF_F_WRONLY}) {
            try (BpfMap map = KernelMaps.create(spec(8, 4, flag))) {
                BpfException e = assertThrows(BpfException.class, () -> MappedArray.open(map));
                assertTrue(e.getMessage().contains("BPF_F_WRONLY"), e::getMessage);
                assertThrows(BpfException.class, () -> MappedArray.openReadOnly(map));
            }
        }
        try (BpfMap plain = KernelMaps.create(KernelMaps.spec(MapType.ARRAY, 4, 8, 1))) {
            String words = String.valueOf(assertThrows(IllegalArgumentException.class, () -> MappedArray.open(plain))
                    .getMessage());
            assertTrue(words.startsWith("map 'test_map' can't be mapped into memory: it was created without"), words);
        }
    }

    /** The mapping holds the map, so nothing that follows can go by a descriptor: there are no system calls in it. */
    @Test
    void kernelMemoryOutlivesTheHandle() {
        BpfMap map = KernelMaps.create(spec(8, 4, 0));
        try (MappedArray array = MappedArray.open(map)) {
            array.setLong(1, 5);
            map.close();
            assertEquals(5, array.sharedLong(1, 0).getAndAdd(1));
            assertEquals(6, array.getLong(1));
        }
    }

    @Test
    void closedMemorySaysSo() {
        ScriptedSys sys = new ScriptedSys();
        try (BpfMap map = KernelMaps.create(sys, spec(8, 1000, 0))) {
            MappedArray array = MappedArray.open(map);
            assertTrue(sys.leaks().contains("mapping of 8192 bytes"), () -> "" + sys.leaks());
            SharedLong shared = array.sharedLong(0, 0);
            MappedValues<Long> values = array.values(Codecs.LONG);
            MemorySegment memory = array.memory();
            MemorySegment element = array.element(5);
            array.close();
            array.close();
            for (Executable access : List.<Executable>of(
                    () -> array.getLong(0),
                    () -> array.setInt(0, 1),
                    () -> array.element(0),
                    shared::get,
                    () -> shared.setOpaque(1),
                    () -> values.get(0),
                    () -> values.set(0, 1L))) {
                IllegalStateException e = assertThrows(IllegalStateException.class, access);
                assertEquals("the memory of map 'test_map' is closed", e.getMessage());
            }
            assertThrows(IllegalStateException.class, () -> memory.get(JAVA_LONG, 0));
            assertThrows(IllegalStateException.class, () -> element.get(JAVA_LONG, 0));
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void whatTheKernelRefusesNamesTheMapAndLeavesNothing() {
        ScriptedSys sys = new ScriptedSys().failAt(2, Errno.ENOTSUPP);
        try (BpfMap map = KernelMaps.create(sys, spec(8, 10, 0))) {
            BpfException e = assertThrows(BpfException.class, () -> MappedArray.open(map));
            assertTrue(e.getMessage().contains("map the memory of map 'test_map' into this process"), e::getMessage);
            assertTrue(e.getMessage().contains("fields that the kernel manages"), e::getMessage);
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void variablesForAtomicAccessMustBeNumbersInTheirPlace() {
        ScriptedSys sys = new ScriptedSys();
        try (BpfMap map = KernelMaps.create(sys, spec(32, 1, 0));
                DataSection section = DataSection.open(map)) {
            TypeRef eight = TypeRef.ofSize("v", 8);
            TypeRef four = TypeRef.ofSize("v", 4);
            SharedLong wide = SharedLong.of(section.variable("wide", 16, eight, Codecs.LONG));
            SharedInt narrow = SharedInt.of(section.variable("narrow", 20, four, Codecs.INT));
            wide.set(-1);
            assertEquals(-1, narrow.getAndSet(0));
            assertEquals(0xffff_ffffL, wide.get());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SharedLong.of(section.variable("odd", 12, eight, Codecs.LONG)));
            assertThrows(IndexOutOfBoundsException.class, () -> section.variable("far", 28, eight, Codecs.LONG));
            assertThrows(IndexOutOfBoundsException.class, () -> section.variable("far", -8, eight, Codecs.LONG));
        }
    }
}
