package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.BpfAttr.MapElem;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BpfMapTest {
    private static MemorySegment key(int value) {
        MemorySegment key = MemorySegment.ofArray(new byte[4]);
        key.set(JAVA_INT_UNALIGNED, 0, value);
        return key;
    }

    private static MemorySegment value(long value) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
        bytes.set(JAVA_LONG_UNALIGNED, 0, value);
        return bytes;
    }

    @Test
    void kernelHashKeepsWhatWasPut() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, 3))) {
            MemorySegment out = value(-1);
            assertFalse(map.lookup(key(1), out));
            assertEquals(-1, out.get(JAVA_LONG_UNALIGNED, 0), "a miss leaves the value alone");
            assertFalse(map.update(key(1), value(10), BpfMap.EXIST));
            assertTrue(map.update(key(1), value(10), BpfMap.NOEXIST));
            assertFalse(map.update(key(1), value(11), BpfMap.NOEXIST));
            assertTrue(map.lookup(key(1), out));
            assertEquals(10, out.get(JAVA_LONG_UNALIGNED, 0));
            assertTrue(map.update(key(1), value(12), BpfMap.EXIST));
            assertTrue(map.update(key(2), value(20), BpfMap.ANY));
            assertTrue(map.update(key(3), value(30), BpfMap.ANY));
            BpfException full = assertThrows(BpfException.class, () -> map.update(key(4), value(40), BpfMap.ANY));
            assertTrue(full.errno().is(Errno.E2BIG));
            assertTrue(full.toString().contains("'test_map'"), full.toString());
            assertEquals(Set.of(1, 2, 3), keys(map));
            assertTrue(map.delete(key(2)));
            assertFalse(map.delete(key(2)));
            assertEquals(Set.of(1, 3), keys(map));
        }
    }

    private static Set<Integer> keys(BpfMap map) {
        Set<Integer> keys = new HashSet<>();
        MemorySegment next = key(0);
        boolean more = map.nextKey(null, next);
        while (more) {
            assertTrue(keys.add(next.get(JAVA_INT_UNALIGNED, 0)));
            more = map.nextKey(next, next);
        }
        return keys;
    }

    @Test
    void kernelInfoIsTheSpec() {
        MapSpec spec = KernelMaps.spec(MapType.ARRAY, 4, 24, 7).toBuilder()
                .name("a_name_longer_than_15_bytes")
                .build();
        try (BpfMap map = KernelMaps.create(spec)) {
            MapInfo info = map.info();
            assertEquals(MapType.ARRAY, info.type());
            assertEquals("a_name_longer_t", info.name());
            assertEquals(4, info.keySize());
            assertEquals(24, info.valueSize());
            assertEquals(7, info.maxEntries());
            assertEquals("a_name_longer_than_15_bytes", map.name());
            try (BpfMap again = BpfMap.byId(info.id())) {
                assertEquals(info, again.info());
                assertEquals(24, again.valueBytes());
            }
            map.freeze();
            BpfException frozen = assertThrows(
                    BpfException.class, () -> map.update(key(0), MemorySegment.ofArray(new byte[24]), BpfMap.ANY));
            assertTrue(frozen.errno().is(Errno.EPERM));
        }
        assertTrue(assertThrows(BpfException.class, () -> BpfMap.byId(Integer.MAX_VALUE))
                .errno()
                .is(Errno.ENOENT));
    }

    @Test
    void kernelMapServesManyThreads() throws InterruptedException, ExecutionException {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, 4096));
                ExecutorService pool = Executors.newFixedThreadPool(4)) {
            Future<?>[] workers = new Future<?>[4];
            for (int w = 0; w < workers.length; w++) {
                int base = w * 1000;
                workers[w] = pool.submit(() -> {
                    MemorySegment out = value(0);
                    for (int i = base; i < base + 1000; i++) {
                        map.update(key(i), value(i * 3L), BpfMap.ANY);
                        assertTrue(map.lookup(key(i), out));
                        assertEquals(i * 3L, out.get(JAVA_LONG_UNALIGNED, 0));
                    }
                });
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            assertEquals(4000, keys(map).size());
        }
    }

    @Test
    void wrongSizesNeverReachTheKernel() {
        ScriptedSys sys = new ScriptedSys();
        try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 8, 1))) {
            int before = sys.count();
            MapSizeException e = assertThrows(MapSizeException.class, () -> map.lookup(key(1), key(1)));
            assertTrue(e.toString().contains("map 'test_map' has a value of 8 bytes, and 4 were given"), e.toString());
            assertThrows(MapSizeException.class, () -> map.lookup(value(1), value(1)));
            assertThrows(MapSizeException.class, () -> map.update(value(1), value(1), 0));
            assertThrows(MapSizeException.class, () -> map.update(key(1), key(1), 0));
            assertThrows(MapSizeException.class, () -> map.delete(value(1)));
            assertThrows(MapSizeException.class, () -> map.nextKey(null, value(1)));
            assertThrows(MapSizeException.class, () -> map.nextKey(value(1), key(1)));
            assertEquals(before, sys.count());
        }
    }

    @Test
    void attrsHoldOnlyWhatTheCommandReads() {
        ScriptedSys sys = new ScriptedSys();
        sys.onBpf(Cmd.BPF_MAP_DELETE_ELEM, attr -> attr.byteSize() - MapElem.KEY - 8)
                .onBpf(Cmd.BPF_MAP_LOOKUP_ELEM, attr -> -attr.get(JAVA_LONG_UNALIGNED, MapElem.FLAGS))
                .onBpf(Cmd.BPF_MAP_UPDATE_ELEM, attr -> -attr.get(JAVA_LONG_UNALIGNED, MapElem.FLAGS));
        try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 8, 1))) {
            assertTrue(assertThrows(BpfException.class, () -> map.update(key(1), value(1), 4))
                    .errno()
                    .is(4));
            assertTrue(map.update(key(1), value(1), 0), "flags of the call before are gone");
            assertTrue(map.lookup(key(1), value(1)));
            assertTrue(map.delete(key(1)));
        }
    }

    @Test
    void perCpuValuesAreRoundedUpAndCountPossibleCpus() {
        ScriptedSys sys = new ScriptedSys().withFile(PossibleCpusTest.FILE, "0,2-3\n".getBytes(US_ASCII));
        try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.PERCPU_ARRAY, 4, 12, 1))) {
            assertEquals(12, map.valueSize());
            assertEquals(3 * 16, map.valueBytes());
            assertEquals(3, map.valuesPerKey());
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void failuresOnTheWayLeaveNothingOpen() {
        ScriptedSys absent = new ScriptedSys();
        assertThrows(
                BpfException.class, () -> KernelMaps.create(absent, KernelMaps.spec(MapType.PERCPU_HASH, 4, 8, 1)));
        assertEquals(Set.of(), absent.leaks());
        ScriptedSys refusing = new ScriptedSys().failAt(1, Errno.EBADF);
        int fd = refusing.newFd("not a map");
        assertThrows(BpfException.class, () -> new MapOpener(refusing).adopt(fd));
        assertEquals(Set.of(), refusing.leaks());
    }

    @Test
    void closedMapsSaySo() {
        ScriptedSys sys = new ScriptedSys();
        BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 8, 1));
        map.close();
        map.close();
        assertEquals(Set.of(), sys.leaks());
        assertTrue(assertThrows(IllegalStateException.class, () -> map.lookup(key(1), value(1)))
                .toString()
                .contains("map 'test_map' is closed"));
        assertThrows(IllegalStateException.class, map::fd);
        assertThrows(IllegalStateException.class, map::info);
    }
}
