package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.Uapi.Flag;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every type of map by hand, and what a user reads who asks it for something that it does not do. */
class MapErrorsOfTypesTest {
    private static final List<MapType> NEWER = List.of(MapType.INSN_ARRAY, MapType.RHASH);

    /** As little as a user can say of each type; the rest is the type's. */
    private static MapSpec least(MapType type) {
        MapSpec.Builder spec = MapSpec.builder("least", type).maxEntries(4);
        return switch (type) {
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH, RHASH ->
                spec.keySize(4).valueSize(8).build();
            case ARRAY, PERCPU_ARRAY, QUEUE, STACK, BLOOM_FILTER ->
                spec.valueSize(8).build();
            case STACK_TRACE -> spec.valueSize(8 * 16).build();
            case LPM_TRIE -> spec.keySize(8).valueSize(8).build();
            case HASH_OF_MAPS, ARRAY_OF_MAPS ->
                spec.keySize(4).inner(least(MapType.ARRAY)).build();
            case SOCKHASH -> spec.keySize(4).build();
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE ->
                spec.maxEntries(0).valueSize(16).build();
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE ->
                spec.maxEntries(0).keySize(8).valueSize(8).build();
            case PERF_EVENT_ARRAY -> spec.maxEntries(0).build();
            default -> spec.build();
        };
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNSPEC", "STRUCT_OPS"})
    void kernelCreatesEveryTypeByHand(MapType type) {
        try (BpfMap map = create(type)) {
            MapInfo info = map.info();
            assertEquals(type, info.type());
            assertEquals(map.keySize(), info.keySize());
            assertEquals(map.valueSize(), info.valueSize());
            assertEquals(map.maxEntries(), info.maxEntries());
            assertEquals("least", info.name());
            if (type == MapType.PERF_EVENT_ARRAY) {
                assertEquals(PossibleCpus.count(Sys.host()), info.maxEntries());
            }
            if (type == MapType.RINGBUF) {
                assertEquals(Sys.host().pageSize(), info.maxEntries());
            }
        }
    }

    private static BpfMap create(MapType type) {
        try {
            return KernelMaps.create(least(type));
        } catch (BpfException e) {
            assumeFalse(NEWER.contains(type), () -> "needs a newer kernel: " + e);
            throw e;
        }
    }

    /** Whatever the table says is missing, the kernel refuses, and what it does not list is never refused so. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNSPEC", "STRUCT_OPS"})
    void kernelHasTheOperationsOfTheTable(MapType type) {
        try (BpfMap map = create(type);
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = map.keySize() == 0 ? MemorySegment.NULL : arena.allocate(map.keySize());
            MemorySegment value = arena.allocate(map.valueBytes());
            for (MapOperation operation : MapOperation.values()) {
                Executable call = switch (operation) {
                    case LOOKUP -> () -> map.lookup(key, value);
                    case UPDATE -> () -> map.update(key, value, BpfMap.ANY);
                    case DELETE -> () -> map.delete(key);
                    case NEXT_KEY -> () -> map.nextKey(null, key);
                    case LOOKUP_AND_DELETE -> () -> map.lookupAndDelete(key, value, 0);
                };
                String what = operation.words() + " " + type;
                if (operation.isMissing(type)) {
                    MapOperationException e = assertThrows(MapOperationException.class, call, what);
                    assertEquals(type, e.type());
                    assertTrue(e.getMessage().contains("map 'least'"), e::getMessage);
                } else {
                    refuseOtherwise(call, what);
                }
            }
        }
    }

    /** Zeros may be no descriptor and no address, but the operation exists. */
    private static void refuseOtherwise(Executable call, String what) {
        try {
            call.execute();
        } catch (BpfException e) {
            assertFalse(e.errno().is(Errno.ENOTSUPP) || e.errno().is(Errno.EOPNOTSUPP), what + ": " + e.getMessage());
        } catch (Throwable t) {
            throw new AssertionError(what, t);
        }
    }

    @Test
    void kernelMapsThatAreFullSaySo() {
        for (MapType type : List.of(MapType.HASH, MapType.LPM_TRIE, MapType.PERCPU_HASH, MapType.STACK)) {
            try (BpfMap map = create(type);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment key = map.keySize() == 0 ? MemorySegment.NULL : arena.allocate(map.keySize());
                MemorySegment value = arena.allocate(map.valueBytes());
                MapFullException e = assertThrows(MapFullException.class, () -> {
                    for (int i = 0; i < 5; i++) {
                        if (type == MapType.LPM_TRIE) {
                            key.set(JAVA_INT, 0, 32);
                        }
                        if (key.byteSize() > 0) {
                            key.set(JAVA_INT, key.byteSize() - 4, i);
                        }
                        map.update(key, value, BpfMap.ANY);
                    }
                });
                assertEquals(4, e.maxEntries());
                assertTrue(e.getMessage().contains("update an element of map 'least'"), e::getMessage);
            }
        }
    }

    @Test
    void kernelMapsThatMayNotBeWrittenSayWhy() {
        try (BpfMap map = create(MapType.HASH);
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(4);
            MemorySegment value = arena.allocate(8);
            map.update(key, value, BpfMap.ANY);
            assertFalse(map.usage().frozen());
            assertTrue(map.usage().memory() > 0);
            map.freeze();
            assertTrue(map.usage().frozen());
            assertRefused(MapAccessException.Reason.FROZEN, () -> map.update(key, value, BpfMap.ANY));
            assertRefused(MapAccessException.Reason.FROZEN, () -> map.delete(key));
            assertRefused(
                    MapAccessException.Reason.FROZEN,
                    () -> map.batches().drain(1).next());
            assertTrue(map.lookup(key, value));
            assertRefused(MapAccessException.Reason.FROZEN, map::freeze);
        }
        MapSpec readOnly = least(MapType.HASH).withFlags(Flag.BPF_F_RDONLY);
        MapSpec writeOnly = least(MapType.HASH).withFlags(Flag.BPF_F_WRONLY);
        try (BpfMap read = BpfMap.create(readOnly);
                BpfMap write = BpfMap.create(writeOnly);
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(4);
            MemorySegment value = arena.allocate(8);
            assertRefused(MapAccessException.Reason.READ_ONLY, () -> read.update(key, value, BpfMap.ANY));
            assertFalse(read.lookup(key, value));
            assertRefused(MapAccessException.Reason.WRITE_ONLY, () -> write.lookup(key, value));
            assertRefused(MapAccessException.Reason.WRITE_ONLY, () -> write.nextKey(null, key));
            assertTrue(write.update(key, value, BpfMap.ANY));
        }
    }

    private static void assertRefused(MapAccessException.Reason reason, Executable call) {
        MapAccessException e = assertThrows(MapAccessException.class, call);
        assertEquals(reason, e.reason());
        assertTrue(e.errno().is(Errno.EPERM));
        assertTrue(e.getMessage().contains("map 'least'"), e::getMessage);
    }

    private static Btf locked() {
        BtfBuilder types = new BtfBuilder(ByteOrder.nativeOrder());
        int u32 = types.add(new BtfType.Int("unsigned int", 4, 0, 0, 32));
        int lock = types.add(new BtfType.Struct("bpf_spin_lock", 4, List.of(new BtfType.Member("val", u32, 0, 0))));
        types.add(new BtfType.Struct(
                "counted",
                8,
                List.of(new BtfType.Member("lock", lock, 0, 0), new BtfType.Member("count", u32, 32, 0))));
        return types.build();
    }

    @Test
    void kernelTakesTheLockOfAValue() {
        MapSpec spec = least(MapType.HASH).toBuilder().typeIds(1, 3).build();
        try (BpfMap map = BpfMap.create(spec, locked());
                BpfMap plain = create(MapType.HASH);
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(4);
            MemorySegment value = arena.allocate(8, 8);
            value.set(JAVA_INT, 0, 77);
            value.set(JAVA_INT, 4, 5);
            assertTrue(map.update(key, value, BpfMap.ANY));
            value.set(JAVA_INT, 4, 6);
            assertTrue(map.update(key, value, BpfMap.EXIST | BpfMap.F_LOCK));
            MemorySegment read = arena.allocate(8, 8);
            assertTrue(map.lookup(key, read, BpfMap.F_LOCK));
            assertEquals(0, read.get(JAVA_INT, 0), "the lock is the kernel's");
            assertEquals(6, read.get(JAVA_INT, 4));
            BatchCursor batch = map.batches().lookup(10, BpfMap.F_LOCK);
            assertTrue(batch.next());
            assertEquals(6, batch.values().get(JAVA_INT, 4));
            assertEquals(
                    BatchPath.BATCH,
                    map.batches().update(key, value, 1, BpfMap.F_LOCK).path());
            assertTrue(map.lookupAndDelete(key, read, BpfMap.F_LOCK));
            assertEquals(0, read.get(JAVA_INT, 0));
            assertFalse(map.lookupAndDelete(key, read, BpfMap.F_LOCK));

            plain.update(key, value, BpfMap.ANY);
            BpfException e =
                    assertThrows(BpfException.class, () -> plain.lookup(key, arena.allocate(8), BpfMap.F_LOCK));
            assertTrue(e.getMessage().contains("struct bpf_spin_lock"), e::getMessage);
        }
    }

    @Test
    void kernelTakesElementsOut() {
        for (MapType type : List.of(MapType.HASH, MapType.LRU_HASH, MapType.PERCPU_HASH, MapType.LRU_PERCPU_HASH)) {
            try (BpfMap map = create(type);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment key = arena.allocateFrom(JAVA_INT, 3);
                MemorySegment value = arena.allocate(map.valueBytes(), 8);
                assertFalse(map.lookupAndDelete(key, value, 0));
                value.set(JAVA_LONG, 0, 9);
                map.update(key, value, BpfMap.ANY);
                value.set(JAVA_LONG, 0, 0);
                assertTrue(map.lookupAndDelete(key, value, 0));
                assertEquals(9, value.get(JAVA_LONG, 0));
                assertFalse(map.lookup(key, value));
            }
        }
    }

    /** Kernels from 4.20 to 5.13 know the command, but only for queues and stacks. */
    @Test
    void kernelsThatTakeNothingOutOfHashTablesAreNamed() {
        ScriptedSys sys = new ScriptedSys().onBpf(Cmd.BPF_MAP_LOOKUP_AND_DELETE_ELEM, attr -> -Errno.ENOTSUPP);
        try (BpfMap map = KernelMaps.create(sys, least(MapType.HASH));
                Arena arena = Arena.ofConfined()) {
            UnsupportedFeatureException e = assertThrows(
                    UnsupportedFeatureException.class,
                    () -> map.lookupAndDelete(arena.allocate(4), arena.allocate(8), 0));
            assertEquals("5.14", e.since());
        }
    }
}
