package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.BpfAttr.MapBatch;
import dev.ebpf4j.sys.BpfAttr.MapElem;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
    /** Keys of which the first bytes count up, and values that follow from them. */
    private static MemorySegment keys(Arena arena, int count, int size) {
        MemorySegment keys = arena.allocate((long) count * size, 8);
        for (int i = 0; i < count; i++) {
            for (int b = 0; b < Math.min(4, size); b++) {
                keys.set(JAVA_BYTE, (long) i * size + b, (byte) (i >>> (8 * b)));
            }
        }
        return keys;
    }

    private static MemorySegment longs(Arena arena, int count) {
        MemorySegment values = arena.allocate((long) count * 8, 8);
        for (int i = 0; i < count; i++) {
            values.set(JAVA_LONG, i * 8L, 3L * i);
        }
        return values;
    }

    private static int number(MemorySegment memory, long offset, int size) {
        int number = 0;
        for (int b = 0; b < Math.min(4, size); b++) {
            number |= (memory.get(JAVA_BYTE, offset + b) & 0xff) << (8 * b);
        }
        return number;
    }

    /** The kernel's cursor is 4 bytes for each of these, also where a key has only one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 16, 100})
    void kernelHashesOfEveryKeySizeAreWalkedAndDrained(int keySize) {
        int count = keySize == 1 ? 200 : 3000;
        MapSpec spec = KernelMaps.spec(MapType.HASH, keySize, 8, count);
        try (BpfMap map = KernelMaps.create(spec);
                Arena arena = Arena.ofConfined()) {
            MapBatches batches = map.batches();
            assertEquals(
                    new MapBatches.Result(count, BatchPath.BATCH),
                    batches.update(keys(arena, count, keySize), longs(arena, count), count, BpfMap.ANY));
            for (int capacity : new int[] {1, 7, 64, 5000}) {
                assertEquals(numbers(count), walked(map, batches.lookup(capacity)));
            }
            assertEquals(numbers(count), walked(map, batches.drain(100)));
            assertEquals(Set.of(), walked(map, batches.lookup(1)));
        }
    }

    private static Set<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toSet());
    }

    /** The numbers in the keys, each once, with the right values. */
    private static Set<Integer> walked(BpfMap map, BatchCursor cursor) {
        Set<Integer> found = new HashSet<>();
        while (cursor.next()) {
            assertTrue(cursor.count() > 0 && cursor.count() <= cursor.capacity());
            for (int i = 0; i < cursor.count(); i++) {
                int number = number(cursor.keys(), cursor.keyOffset(i), map.keySize());
                assertTrue(found.add(number), () -> number + " came twice");
                assertEquals(3L * number, cursor.values().get(JAVA_LONG, cursor.valueOffset(i)));
            }
        }
        assertEquals(0, cursor.count());
        assertFalse(cursor.next(), "the end stays the end");
        assertEquals(WalkOutcome.FINISHED, cursor.outcome());
        assertEquals(BatchPath.BATCH, cursor.path());
        return found;
    }

    /** One bucket holds more than the batch: the kernel says ENOSPC. */
    @Test
    void kernelBucketsThatAreLargerThanTheBatchMakeItGrow() {
        int count = 5000;
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, count));
                Arena arena = Arena.ofConfined()) {
            map.batches().update(keys(arena, count, 4), longs(arena, count), count, BpfMap.ANY);
            BatchCursor cursor = map.batches().lookup(1);
            assertEquals(numbers(count), walked(map, cursor));
            assertTrue(cursor.capacity() > 1, "of 5000 keys some share a bucket");
            cursor.restart();
            assertEquals(numbers(count), walked(map, cursor));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LRU_HASH", "PERCPU_HASH", "LRU_PERCPU_HASH", "HASH", "ARRAY", "PERCPU_ARRAY"})
    void kernelBatchesAreWhatSingleOperationsAre(MapType type) {
        int count = 300;
        MapSpec spec = KernelMaps.spec(type, 4, 12, type.name().startsWith("LRU") ? 4 * count : count);
        try (BpfMap map = KernelMaps.create(spec);
                Arena arena = Arena.ofConfined()) {
            MemorySegment keys = keys(arena, count, 4);
            MemorySegment values = arena.allocate((long) count * map.valueBytes(), 8);
            for (int i = 0; i < count; i++) {
                values.set(JAVA_INT, (long) i * map.valueBytes(), i + 1);
            }
            map.batches().update(keys, values, count, BpfMap.ANY);
            MemorySegment value = arena.allocate(map.valueBytes(), 8);
            Set<Integer> missing = new TreeSet<>(numbers(count));
            BatchCursor cursor = map.batches().lookup(64);
            while (cursor.next()) {
                for (int i = 0; i < cursor.count(); i++) {
                    int number = cursor.keys().get(JAVA_INT, cursor.keyOffset(i));
                    assertTrue(missing.remove(number));
                    assertTrue(map.lookup(cursor.keys().asSlice(cursor.keyOffset(i), 4), value));
                    MemorySegment batched = cursor.values().asSlice(cursor.valueOffset(i), map.valueBytes());
                    assertEquals(-1, value.mismatch(batched));
                    assertEquals(number + 1, batched.get(JAVA_INT, 0));
                }
            }
            assertEquals(Set.of(), missing);
            MapSnapshot snapshot = map.batches().snapshot();
            assertEquals(count, snapshot.count());
            assertEquals((long) count * map.valueBytes(), snapshot.values().byteSize());
        }
    }

    @Test
    void kernelTriesAreWalkedByTheirKeysAndDrainedOneByOne() {
        MapSpec spec = KernelMaps.spec(MapType.LPM_TRIE, 8, 8, 500);
        try (BpfMap map = KernelMaps.create(spec);
                Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(8 * 500, 8);
            for (int i = 0; i < 500; i++) {
                keys.set(JAVA_INT, i * 8L, 32);
                keys.set(JAVA_INT, i * 8L + 4, i);
            }
            assertEquals(
                    500, map.batches().update(keys, longs(arena, 500), 500, 0).count());
            BatchCursor cursor = map.batches().lookup(7);
            Set<Integer> found = new HashSet<>();
            while (cursor.next()) {
                for (int i = 0; i < cursor.count(); i++) {
                    int number = cursor.keys().get(JAVA_INT, cursor.keyOffset(i) + 4);
                    assertTrue(found.add(number));
                    assertEquals(3L * number, cursor.values().get(JAVA_LONG, cursor.valueOffset(i)));
                }
            }
            assertEquals(numbers(500), found);
            assertEquals(BatchPath.BATCH, cursor.path());
            assertEquals(WalkOutcome.FINISHED, cursor.outcome());

            BatchCursor drain = map.batches().drain(7);
            int taken = 0;
            while (drain.next()) {
                taken += drain.count();
            }
            assertEquals(500, taken);
            assertEquals(BatchPath.SINGLE, drain.path());
            assertEquals(0, map.batches().snapshot().count());
        }
    }

    @Test
    void kernelQueuesAreDrainedInOrder() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.QUEUE, 0, 8, 10));
                Arena arena = Arena.ofConfined()) {
            for (long i = 0; i < 10; i++) {
                map.update(MemorySegment.NULL, arena.allocateFrom(JAVA_LONG, i), BpfMap.ANY);
            }
            assertThrows(MapFullException.class, () -> map.update(MemorySegment.NULL, arena.allocate(8), BpfMap.ANY));
            BatchCursor drain = map.batches().drain(4);
            long expected = 0;
            while (drain.next()) {
                for (int i = 0; i < drain.count(); i++) {
                    assertEquals(expected++, drain.values().get(JAVA_LONG, drain.valueOffset(i)));
                }
            }
            assertEquals(10, expected);
            assertEquals(BatchPath.SINGLE, drain.path());
            assertThrows(
                    MapOperationException.class, () -> map.batches().lookup(1).next());
        }
    }

    @Test
    void kernelArraysAreNotDrained() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.ARRAY, 4, 8, 10))) {
            MapOperationException e = assertThrows(
                    MapOperationException.class, () -> map.batches().drain(10).next());
            assertTrue(e.getMessage().contains("map 'test_map'"), e::getMessage);
        }
    }

    /** The kernel stops at the first key that is missing; those behind it are deleted all the same. */
    @Test
    void kernelDeletionsPassOverWhatIsMissing() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, 10));
                Arena arena = Arena.ofConfined()) {
            MemorySegment keys = keys(arena, 10, 4);
            map.batches().update(keys, longs(arena, 10), 10, BpfMap.ANY);
            for (int gone : new int[] {0, 4, 5, 9}) {
                map.delete(arena.allocateFrom(JAVA_INT, gone));
            }
            assertEquals(
                    new MapBatches.Result(6, BatchPath.BATCH), map.batches().delete(keys, 10));
            assertEquals(0, map.batches().snapshot().count());
        }
    }

    @Test
    void kernelUpdatesThatEndHalfWaySayWhere() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, 5));
                Arena arena = Arena.ofConfined()) {
            MemorySegment keys = keys(arena, 10, 4);
            MapBatchException e = assertThrows(
                    MapBatchException.class, () -> map.batches().update(keys, longs(arena, 10), 10, BpfMap.ANY));
            assertEquals(5, e.done());
            assertTrue(e.getCause() instanceof MapFullException, () -> String.valueOf(e.getCause()));
            assertTrue(e.getMessage().contains("after 5 of 10"), e::getMessage);
            assertEquals(5, map.batches().snapshot().count());
            assertEquals(
                    new MapBatches.Result(0, BatchPath.SINGLE),
                    map.batches().update(keys, longs(arena, 5), 5, BpfMap.NOEXIST));
            assertThrows(MapSizeException.class, () -> map.batches().update(keys, longs(arena, 5), 10, BpfMap.ANY));
        }
    }

    /** Heap memory and memory of any arena will do. */
    @Test
    void kernelGetsKeysFromAnyMemory() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, 10));
                Arena shared = Arena.ofShared()) {
            map.batches()
                    .update(MemorySegment.ofArray(new int[] {1, 2}), MemorySegment.ofArray(new long[] {5, 6}), 2, 0);
            map.batches().update(shared.allocateFrom(JAVA_INT, 3), shared.allocateFrom(JAVA_LONG, 7), 1, 0);
            assertEquals(3, map.batches().snapshot().count());
            assertEquals(
                    2,
                    map.batches()
                            .delete(MemorySegment.ofArray(new int[] {1, 3}), 2)
                            .count());
        }
    }

    /** What a kernel answers to lookups, one after the other: errno, and how many elements come with it. */
    private record Answer(int errno, int count) {}

    private static ScriptedSys answering(int command, List<Answer> answers) {
        int[] calls = new int[1];
        int[] next = new int[1];
        return new ScriptedSys().onBpf(command, attr -> {
            Answer answer = answers.get(Math.min(calls[0]++, answers.size() - 1));
            MemorySegment keys = Sys.memory(attr.get(JAVA_LONG_UNALIGNED, MapBatch.KEYS), 4L * answer.count());
            for (int i = 0; i < answer.count(); i++) {
                keys.set(JAVA_INT_UNALIGNED, 4L * i, next[0]++);
            }
            if (answer.errno() != Errno.ENOTSUPP && answer.errno() != Errno.EPERM) {
                attr.set(JAVA_INT_UNALIGNED, MapBatch.COUNT, answer.count());
            }
            if (answer.count() > 0) {
                long cursor = attr.get(JAVA_LONG_UNALIGNED, MapBatch.OUT_BATCH);
                Sys.memory(cursor, 4).set(JAVA_INT_UNALIGNED, 0, next[0]);
                long from = attr.get(JAVA_LONG_UNALIGNED, MapBatch.IN_BATCH);
                int begin = from == 0 ? 0 : Sys.memory(from, 4).get(JAVA_INT_UNALIGNED, 0);
                assertEquals(next[0] - answer.count(), begin, "the cursor is that of the last batch");
            }
            return -answer.errno();
        });
    }

    private static List<Integer> read(BatchCursor cursor) {
        List<Integer> found = new ArrayList<>();
        while (cursor.next()) {
            for (int i = 0; i < cursor.count(); i++) {
                found.add(cursor.keys().get(JAVA_INT, cursor.keyOffset(i)));
            }
        }
        return found;
    }

    @Test
    void elementsThatComeWithAFailureAreDeliveredAndPassingFailuresAreTriedAgain() {
        ScriptedSys sys = answering(
                Cmd.BPF_MAP_LOOKUP_BATCH,
                List.of(
                        new Answer(Errno.EBUSY, 2),
                        new Answer(Errno.EAGAIN, 0),
                        new Answer(Errno.ENOSPC, 0),
                        new Answer(Errno.EINTR, 1),
                        new Answer(0, 3),
                        new Answer(Errno.ENOENT, 2)));
        try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 4, 100))) {
            BatchCursor cursor = map.batches().lookup(4);
            assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), read(cursor));
            assertEquals(8, cursor.capacity());
        }
    }

    @Test
    void failuresThatDoNotPassEndTheWalk() {
        for (int errno : new int[] {Errno.EFAULT, Errno.EPERM, Errno.EBADF}) {
            ScriptedSys sys =
                    answering(Cmd.BPF_MAP_LOOKUP_AND_DELETE_BATCH, List.of(new Answer(0, 2), new Answer(errno, 0)));
            try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 4, 100))) {
                BatchCursor cursor = map.batches().drain(2);
                assertTrue(cursor.next());
                BpfException e = assertThrows(BpfException.class, cursor::next);
                assertTrue(e.errno().is(errno), e::getMessage);
                assertTrue(e.getMessage().contains("map 'test_map'"), e::getMessage);
            }
        }
        for (int forEver : new int[] {Errno.EAGAIN, Errno.ENOSPC}) {
            ScriptedSys sys = answering(Cmd.BPF_MAP_LOOKUP_BATCH, List.of(new Answer(forEver, 0)));
            try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 4, 10))) {
                BpfException e = assertThrows(
                        BpfException.class, () -> map.batches().lookup(1).next());
                assertTrue(e.errno().is(forEver), e::getMessage);
            }
        }
    }

    @Test
    void kernelsWithoutBatchesAreAskedOneByOne() {
        for (int errno : new int[] {Errno.ENOTSUPP, Errno.EINVAL}) {
            ScriptedSys sys = new ScriptedSys()
                    .onBpf(Cmd.BPF_MAP_LOOKUP_BATCH, attr -> -errno)
                    .onBpf(Cmd.BPF_MAP_UPDATE_BATCH, attr -> -errno)
                    .onBpf(Cmd.BPF_MAP_DELETE_BATCH, attr -> -errno)
                    .onBpf(Cmd.BPF_MAP_GET_NEXT_KEY, BatchesTest::countToThree);
            try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 4, 10));
                    Arena arena = Arena.ofConfined()) {
                BatchCursor cursor = map.batches().lookup(2);
                assertEquals(List.of(1, 2, 3), read(cursor));
                assertEquals(BatchPath.SINGLE, cursor.path());
                MemorySegment ints = arena.allocateFrom(JAVA_INT, 1, 2, 3);
                assertEquals(
                        new MapBatches.Result(3, BatchPath.SINGLE),
                        map.batches().update(ints, ints, 3, 0));
                assertEquals(
                        new MapBatches.Result(3, BatchPath.SINGLE),
                        map.batches().delete(ints, 3));
            }
        }
    }

    private static long countToThree(MemorySegment attr) {
        long key = attr.get(JAVA_LONG_UNALIGNED, MapElem.KEY);
        int last = key == 0 ? 0 : Sys.memory(key, 4).get(JAVA_INT_UNALIGNED, 0);
        long next = attr.get(JAVA_LONG_UNALIGNED, MapElem.NEXT_KEY);
        if (last == 3) {
            return -Errno.ENOENT;
        }
        Sys.memory(next, 4).set(JAVA_INT_UNALIGNED, 0, last + 1);
        return 0;
    }
}
