package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Flag;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TypedMapsTest {
    private record Key(int pid, int cpu) {}

    @Test
    void kernelHashMapOfRecords() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 8, 8, 100))) {
            BpfHashMap<Key, Long> view = BpfHashMap.of(map, Codecs.record(Key.class), Codecs.LONG);
            assertNull(view.lookup(new Key(1, 2)));
            assertFalse(view.replace(new Key(1, 2), 5L));
            assertTrue(view.putIfAbsent(new Key(1, 2), 5L));
            assertFalse(view.putIfAbsent(new Key(1, 2), 6L));
            assertEquals(5L, view.lookup(new Key(1, 2)));
            assertTrue(view.replace(new Key(1, 2), 7L));
            view.update(new Key(2, 2), 8L);
            Map<Key, Long> seen = new HashMap<>();
            view.forEach(seen::put);
            assertEquals(Map.of(new Key(1, 2), 7L, new Key(2, 2), 8L), seen);
            assertTrue(view.delete(new Key(1, 2)));
            assertFalse(view.delete(new Key(1, 2)));
            assertThrows(CodecMismatchException.class, () -> BpfHashMap.of(map, Codecs.INT, Codecs.LONG));
            assertThrows(IllegalArgumentException.class, () -> BpfArray.of(map, Codecs.LONG));
        }
    }

    @Test
    void forEachLetsTheActionDelete() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 4, 1000))) {
            BpfHashMap<Integer, Integer> view = BpfHashMap.of(map, Codecs.INT, Codecs.INT);
            for (int i = 0; i < 500; i++) {
                view.update(i, -i);
            }
            List<Integer> seen = new ArrayList<>();
            view.forEach((key, value) -> {
                assertEquals(-key, value);
                seen.add(key);
                assertTrue(view.delete(key));
            });
            assertEquals(500, seen.size());
            assertEquals(500, Set.copyOf(seen).size());
            view.forEach((key, value) -> seen.clear());
            assertEquals(500, seen.size(), "nothing is left");
        }
    }

    @Test
    void kernelManyAtOnce() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 8, 4, 5000))) {
            BpfHashMap<Key, Integer> view = BpfHashMap.of(map, Codecs.record(Key.class), Codecs.INT);
            Map<Key, Integer> all = new HashMap<>();
            IntStream.range(0, 5000).forEach(i -> all.put(new Key(i, -i), i * 3));
            view.updateAll(all);
            assertEquals(all, view.snapshot());
            assertEquals(all, view.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
            assertEquals(2, view.deleteAll(List.of(new Key(0, 0), new Key(9, 9), new Key(4, -4))));
            all.keySet().removeAll(List.of(new Key(0, 0), new Key(4, -4)));
            Map<Key, Integer> drained = new HashMap<>();
            assertEquals(WalkOutcome.FINISHED, view.drain(drained::put));
            assertEquals(all, drained);
            assertEquals(Map.of(), view.snapshot());
            Map<Key, Integer> tooMany = new HashMap<>(all);
            IntStream.range(10_000, 10_003).forEach(i -> tooMany.put(new Key(i, 0), i));
            MapBatchException e = assertThrows(MapBatchException.class, () -> view.updateAll(tooMany));
            assertTrue(e.getMessage().contains("test_map"), e::getMessage);
        }
    }

    @Test
    void kernelArrayChecksItsIndex() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.ARRAY, 4, 8, 3))) {
            BpfArray<Long> view = BpfArray.of(map, Codecs.LONG);
            view.update(2, 42L);
            assertEquals(
                    List.of(0L, 0L, 42L),
                    IntStream.range(0, view.length()).mapToObj(view::lookup).toList());
            assertEquals(List.of(0L, 0L, 42L), view.snapshot());
            assertThrows(IndexOutOfBoundsException.class, () -> view.lookup(3));
            assertThrows(IndexOutOfBoundsException.class, () -> view.update(-1, 1L));
        }
    }

    /** {@code .data} with {@code long counter} at 0 and {@code int target_pid} at 8. */
    private static Btf sectionBtf() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.nativeOrder());
        int s64 = builder.add(new BtfType.Int("long", 8, BtfType.Int.SIGNED, 0, 64));
        int s32 = builder.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        int counter = builder.add(new BtfType.Var("counter", s64, BtfLinkage.GLOBAL));
        int target = builder.add(new BtfType.Var("target_pid", s32, BtfLinkage.GLOBAL));
        builder.add(new BtfType.DataSec(
                ".data", 12, List.of(new BtfType.SecInfo(counter, 0, 8), new BtfType.SecInfo(target, 8, 4))));
        return builder.build();
    }

    private static MapSpec sectionSpec(int flags) {
        return KernelMaps.spec(MapType.ARRAY, 4, 12, 1).toBuilder()
                .flags(Flag.BPF_F_MMAPABLE | flags)
                .typeIds(0, 5)
                .build();
    }

    @Test
    void kernelVariablesAreSharedMemory() {
        KernelMaps.create(sectionSpec(0)).close();
        try (BpfMap map = KernelMaps.create(Sys.host(), sectionSpec(0), sectionBtf());
                DataSection section = DataSection.open(map)) {
            assertEquals(List.of("counter", "target_pid"), section.names());
            GlobalVariable<Integer> target = section.variable("target_pid", Codecs.INT);
            GlobalVariable<Long> counter = section.variable("counter", Codecs.LONG);
            target.set(4711);
            VarHandle longs = JAVA_LONG.varHandle();
            assertEquals(0L, (long) longs.getAndAdd(counter.segment(), 0L, 5L));
            byte[] value = BpfArray.of(map, Codecs.bytes(12)).lookup(0);
            assertEquals(4711, Codecs.INT.read(MemorySegment.ofArray(value), 8));
            assertEquals(5L, counter.get());
            assertThrows(CodecMismatchException.class, () -> section.variable("target_pid", Codecs.LONG));
            String missing = assertThrows(MissingObjectException.class, () -> section.variable("targetpid", Codecs.INT))
                    .toString();
            assertTrue(missing.contains("counter, target_pid"), missing);
        }
    }

    @Test
    void kernelReadOnlyVariablesAreReadAfterTheFreeze() {
        KernelMaps.create(sectionSpec(0)).close();
        try (BpfMap map = KernelMaps.create(Sys.host(), sectionSpec(Flag.BPF_F_RDONLY_PROG), sectionBtf())) {
            byte[] value = new byte[12];
            value[0] = 9;
            BpfArray.of(map, Codecs.bytes(12)).update(0, value);
            map.freeze();
            try (DataSection section = DataSection.open(map)) {
                GlobalVariable<Long> counter = section.variable("counter", Codecs.LONG);
                assertTrue(section.isReadOnly());
                assertEquals(9L, counter.get());
                assertThrows(IllegalArgumentException.class, () -> counter.set(1L));
                assertTrue(counter.segment().isReadOnly());
            }
        }
    }

    @Test
    void sectionsLeaveNothingMapped() {
        ScriptedSys sys = new ScriptedSys();
        try (BpfMap map = KernelMaps.create(sys, sectionSpec(0), sectionBtf())) {
            DataSection section = DataSection.open(map);
            assertTrue(sys.leaks().contains("mapping of 4096 bytes"));
            GlobalVariable<Integer> target = section.variable("target_pid", Codecs.INT);
            assertEquals(0, target.get());
            section.close();
            section.close();
            assertThrows(IllegalStateException.class, target::get);
        }
        try (BpfMap plain = KernelMaps.create(sys, KernelMaps.spec(MapType.ARRAY, 4, 12, 1))) {
            assertThrows(IllegalArgumentException.class, () -> DataSection.open(plain));
        }
        assertEquals(Set.of(), sys.leaks());
    }
}
