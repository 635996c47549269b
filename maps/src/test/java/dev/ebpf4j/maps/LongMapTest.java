package dev.ebpf4j.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.ThreadMXBean;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.spec.MapType;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class LongMapTest {
    private static final long OPERATIONS = 20_000;

    @Test
    void kernelHashOfNumbers() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 2, 4, 2))) {
            BpfHashMap<Integer, Integer> boxed = BpfHashMap.of(map, Codecs.U16, Codecs.INT);
            LongMap view = boxed.longs();
            assertEquals(-7, view.lookup(65_535, -7));
            assertTrue(view.putIfAbsent(65_535, -1));
            assertFalse(view.putIfAbsent(65_535, 0));
            assertEquals(-1, view.lookup(65_535, 0));
            assertEquals(-1, boxed.lookup(65_535));
            assertTrue(view.replace(65_535, 5));
            assertFalse(view.replace(1, 5));
            view.update(1, 6);
            assertThrows(MapFullException.class, () -> view.update(2, 6));
            assertThrows(IllegalArgumentException.class, () -> view.lookup(65_536, 0), "not a key");
            assertTrue(view.containsKey(1));
            assertTrue(boxed.containsKey(1));
            assertEquals(6, boxed.lookupAndDelete(1));
            assertFalse(boxed.containsKey(1));
            assertNull(boxed.lookupAndDelete(1));
            StringBuilder seen = new StringBuilder();
            assertEquals(
                    WalkOutcome.FINISHED,
                    view.forEach((key, value) -> seen.append(key).append('=').append(value)));
            assertEquals("65535=5", seen.toString());
            assertTrue(view.delete(65_535));
            assertFalse(view.delete(65_535));
        } catch (UnsupportedFeatureException e) {
            assertEquals("5.14", e.since());
        }
    }

    @Test
    void kernelArrayOfNumbers() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.ARRAY, 4, 8, 2))) {
            LongMap view = BpfArray.of(map, Codecs.LONG).longs();
            view.update(1, Long.MIN_VALUE);
            assertEquals(Long.MIN_VALUE, view.lookup(1, 0));
            assertEquals(-1, view.lookup(2, -1));
            assertFalse(view.putIfAbsent(1, 0));
            BpfArray<byte[]> bytes = BpfArray.of(map, Codecs.bytes(8));
            assertThrows(UnsupportedOperationException.class, bytes::longs);
        }
    }

    /** By the JVM's own count. It takes some rounds until all of it is compiled by the compiler that leaves objects out. */
    @Test
    void kernelOperationsAllocateNothing() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        String level = jvm.getVMOption("TieredStopAtLevel").getValue();
        assumeTrue(level.equals("4"), "this JVM may not compile well enough: -XX:TieredStopAtLevel=" + level);
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 8, 8, 100))) {
            LongMap view = BpfHashMap.of(map, Codecs.LONG, Codecs.LONG).longs();
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 50 && allocated > OPERATIONS; round++) {
                allocated = allocatedBy(view);
            }
            long least = allocated;
            assertTrue(least <= OPERATIONS, () -> least + " bytes for " + OPERATIONS + " rounds of four operations");
        }
    }

    private static long allocatedBy(LongMap view) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (long i = 0; i < OPERATIONS; i++) {
            view.update(i & 63, i);
            assertEqual(i, view.lookup(i & 63, -1));
            view.delete(i & 63);
            assertEqual(-1, view.lookup(i & 63, -1));
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void assertEqual(long expected, long found) {
        if (expected != found) {
            throw new AssertionError(expected + " != " + found);
        }
    }
}
