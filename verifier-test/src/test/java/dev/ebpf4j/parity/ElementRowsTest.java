package dev.ebpf4j.parity;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.maps.BatchCursor;
import dev.ebpf4j.maps.BatchPath;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.MapBatches;
import dev.ebpf4j.maps.WalkOutcome;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows 40 and 41: batches, and walks over maps that others change. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class ElementRowsTest {
    private static final int MILLION = 1_000_000;

    private static BpfMap hash(int entries) {
        return BpfMap.create(MapSpec.builder("elements", MapType.HASH)
                .keySize(4)
                .valueSize(8)
                .maxEntries(entries)
                .build());
    }

    /** Each key's value is three times the key. */
    private static void fill(BpfMap map, int from, int to) {
        try (Arena arena = Arena.ofConfined()) {
            int count = to - from;
            MemorySegment keys = arena.allocate(4L * count, 8);
            MemorySegment values = arena.allocate(8L * count, 8);
            for (int i = 0; i < count; i++) {
                keys.setAtIndex(JAVA_INT, i, from + i);
                values.setAtIndex(JAVA_LONG, i, 3L * (from + i));
            }
            MapBatches.Result result = map.batches().update(keys, values, count, BpfMap.ANY);
            assertEquals(new MapBatches.Result(count, BatchPath.BATCH), result);
        }
    }

    /** Marks the keys of a batch, none of which was there before. */
    private static void mark(BatchCursor cursor, BitSet seen) {
        for (int i = 0; i < cursor.count(); i++) {
            int key = cursor.keys().get(JAVA_INT, cursor.keyOffset(i));
            assertFalse(seen.get(key), () -> key + " came twice");
            seen.set(key);
            assertEquals(3L * key, cursor.values().get(JAVA_LONG, cursor.valueOffset(i)));
        }
    }

    @Test
    void row40_aMillionElementsAreReadAndDrained() {
        try (BpfMap map = hash(MILLION)) {
            for (int from = 0; from < MILLION; from += 100_000) {
                fill(map, from, from + 100_000);
            }
            BitSet read = new BitSet(MILLION);
            BatchCursor cursor = map.batches().lookup(10_000);
            while (cursor.next()) {
                mark(cursor, read);
            }
            assertEquals(MILLION, read.cardinality());
            assertEquals(BatchPath.BATCH, cursor.path());

            BitSet drained = new BitSet(MILLION);
            BatchCursor drain = map.batches().drain(10_000);
            int partial = 0;
            while (drain.next()) {
                partial += drain.count() < drain.capacity() ? 1 : 0;
                mark(drain, drained);
            }
            assertEquals(MILLION, drained.cardinality());
            assertTrue(partial > 0, "a bucket that does not fit ends a batch, and so does the end of the map");
            assertEquals(0, map.batches().snapshot().count());
        }
    }

    /** Odd keys come and go all the time, even ones stay. */
    @Test
    void row41_whatStaysIsVisitedOnceWhateverOthersDo() throws InterruptedException, ExecutionException {
        int keys = 4000;
        try (BpfMap map = hash(2 * keys);
                ExecutorService pool = Executors.newSingleThreadExecutor()) {
            fill(map, 0, keys);
            AtomicBoolean over = new AtomicBoolean();
            CountDownLatch changing = new CountDownLatch(1);
            Future<?> changer = pool.submit(() -> change(map, keys, over, changing));
            changing.await();
            for (int round = 0; round < 30; round++) {
                BitSet seen = new BitSet(keys);
                AtomicReference<String> twice = new AtomicReference<>("");
                WalkOutcome outcome = map.forEach((key, value) -> {
                    int number = key.get(JAVA_INT, 0);
                    if (number % 2 == 0 && seen.get(number)) {
                        twice.set(number + " came twice");
                    }
                    seen.set(number);
                    assertEquals(3L * number, value.get(JAVA_LONG, 0));
                });
                assertEquals(WalkOutcome.FINISHED, outcome);
                assertEquals("", twice.get());
                for (int stable = 0; stable < keys; stable += 2) {
                    assertTrue(seen.get(stable), stable + " was missed");
                }
            }
            over.set(true);
            changer.get();
        }
    }

    private static void change(BpfMap map, int keys, AtomicBoolean over, CountDownLatch changing) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(4, 8);
            MemorySegment value = arena.allocate(8, 8);
            while (!over.get()) {
                for (int odd = 1; odd < keys; odd += 2) {
                    key.set(JAVA_INT, 0, odd);
                    value.set(JAVA_LONG, 0, 3L * odd);
                    if (!map.delete(key)) {
                        map.update(key, value, BpfMap.ANY);
                    }
                }
                changing.countDown();
            }
        }
    }

    @Test
    void row41_elementsMayBeDeletedOnTheWay() {
        try (BpfMap map = hash(1000)) {
            fill(map, 0, 1000);
            int[] visited = new int[1];
            WalkOutcome outcome = map.forEach((key, value) -> {
                visited[0]++;
                assertTrue(map.delete(key));
            });
            assertEquals(WalkOutcome.FINISHED, outcome);
            assertEquals(1000, visited[0]);
            fill(map, 0, 10);
            assertEquals(10, map.stream().count());
            assertEquals(
                    3L * 45,
                    map.stream()
                            .mapToLong(element -> element.value().get(JAVA_LONG, 0))
                            .sum());
        }
    }
}
