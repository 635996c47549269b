package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.ProgramVerdict;
import dev.ebpf4j.kernel.ProgramVerifier;
import dev.ebpf4j.maps.BpfArray;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.maps.MapInfo;
import dev.ebpf4j.maps.MapSizeException;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows 8 to 13 and 38: maps and sections of data as the source defines them. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class MapRowsTest {
    private static final String USE_NOTHING = """

        SEC("tc")
        int nothing(struct __sk_buff *skb)
        {
        	return 0;
        }
        """;

    @Test
    void row08_everyFieldOfADefinitionReachesTheKernel() {
        String source = """
            struct value {
            	__u64 count;
            	char name[12];
            };

            struct {
            	__uint(type, BPF_MAP_TYPE_HASH);
            	__uint(max_entries, 77);
            	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_RDONLY_PROG);
            	__type(key, __u16);
            	__type(value, struct value);
            } typed SEC(".maps");

            struct {
            	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
            	__uint(max_entries, 3);
            	__uint(map_flags, BPF_F_NO_PREALLOC);
            	__uint(key_size, 8);
            	__uint(value_size, 5);
            } sized SEC(".maps");

            struct {
            	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
            	__uint(max_entries, 100);
            	__type(value, __u32);
            	__uint(map_extra, 3);
            } bloom SEC(".maps");

            struct {
            	__uint(type, BPF_MAP_TYPE_ARRAY);
            	__uint(max_entries, 2);
            	__uint(map_flags, BPF_F_NUMA_NODE);
            	__uint(numa_node, 0);
            	__type(key, __u32);
            	__type(value, __u32);
            } near SEC(".maps");
            """ + USE_NOTHING;
        try (LoadedObject object = Sources.load("maps", source)) {
            MapInfo typed = object.map("typed").info();
            assertEquals(MapType.HASH, typed.type());
            assertEquals(List.of(2, 24, 77, 129), numbers(typed));
            assertEquals("typed", typed.name());
            assertTrue(typed.types().btfId() > 0 && typed.types().valueTypeId() > 0);
            assertTrue(object.map("typed").valueType().toString().contains("value"));
            assertEquals(List.of(8, 5, 3, 1), numbers(object.map("sized").info()));
            MapInfo bloom = object.map("bloom").info();
            assertEquals(List.of(0, 4, 100, 0), numbers(bloom));
            assertEquals(3, bloom.mapExtra());
            assertEquals(List.of(4, 4, 2, 4), numbers(object.map("near").info()));
        }
    }

    private static List<Integer> numbers(MapInfo info) {
        return List.of(info.keySize(), info.valueSize(), info.maxEntries(), info.flags());
    }

    /** Programs of objects whose maps have no size yet; the kernel refuses storages with one. */
    @ParameterizedTest
    @EnumSource(
            names = {"CGROUP_STORAGE", "PERCPU_CGROUP_STORAGE", "SK_STORAGE", "TASK_STORAGE", "HASH", "PERF_EVENT_ARRAY"
            })
    void row08_programsAreVerifiedBeforeTheirMapsHaveASize(MapType type) {
        boolean local = type == MapType.SK_STORAGE || type == MapType.TASK_STORAGE;
        boolean ofCgroup = type == MapType.CGROUP_STORAGE || type == MapType.PERCPU_CGROUP_STORAGE;
        ObjectSpec spec = Sources.object("unsized", """
            struct {
            	__uint(type, TYPE);
            	__uint(map_flags, FLAGS);
            	__type(key, KEY);
            	__type(value, VALUE);
            } unsized SEC(".maps");

            SEC("cgroup_skb/egress")
            int use(struct __sk_buff *skb)
            {
            	void *map = &unsized;

            	asm volatile("" : "+r"(map));
            	return 1;
            }
            """.replace("TYPE", "" + type.number())
                .replace("FLAGS", local ? "BPF_F_NO_PREALLOC" : "0")
                .replace("KEY", ofCgroup ? "__u64" : "int")
                .replace("VALUE", type == MapType.PERF_EVENT_ARRAY ? "int" : "__u64"));
        ProgramVerdict verdict = ProgramVerifier.ofHost().verify(spec, "use");
        assertTrue(verdict.accepted(), verdict::reason);
    }

    @Test
    void row09_innerMapsAndStaticSlots() {
        String source = """
            struct inner {
            	__uint(type, BPF_MAP_TYPE_ARRAY);
            	__uint(max_entries, 1);
            	__type(key, __u32);
            	__type(value, __u32);
            } one SEC(".maps"), two SEC(".maps"), three SEC(".maps");

            struct {
            	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
            	__uint(max_entries, 4);
            	__type(key, __u32);
            	__array(values, struct inner);
            } array SEC(".maps") = {.values = {&one, 0, &two, &three}};

            struct {
            	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
            	__uint(max_entries, 4);
            	__type(key, __u32);
            	__array(values, struct inner);
            } hash SEC(".maps") = {.values = {[1] = &three, [3] = &one}};

            static int value(void *outer, __u32 slot)
            {
            	__u32 zero = 0, *found;
            	void *inner = bpf_map_lookup_elem(outer, &slot);

            	if (!inner)
            		return -1;
            	found = bpf_map_lookup_elem(inner, &zero);
            	return found ? *found : -2;
            }

            SEC("tc")
            int look_array(struct __sk_buff *skb)
            {
            	return value(&array, skb->mark);
            }

            SEC("tc")
            int look_hash(struct __sk_buff *skb)
            {
            	return value(&hash, skb->mark);
            }
            """;
        try (LoadedObject object = Sources.load("nested", source)) {
            List<BpfMap> inner = List.of(object.map("one"), object.map("two"), object.map("three"));
            for (int i = 0; i < inner.size(); i++) {
                BpfArray.of(inner.get(i), Codecs.INT).update(0, 100 + i);
            }
            int[] ids = inner.stream().mapToInt(map -> map.info().id()).toArray();
            assertEquals(List.of(ids[0], -1, ids[1], ids[2]), inner(object.map("array")));
            assertEquals(List.of(-1, ids[2], -1, ids[0]), inner(object.map("hash")));
            assertEquals(List.of(100, -1, 101, 102), values(object.program("look_array")));
            assertEquals(List.of(-1, 102, -1, 100), values(object.program("look_hash")));
        }
    }

    /** Ids of the maps at the keys 0 to 3, -1 where there is none. */
    private static List<Integer> inner(BpfMap outer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(Integer.BYTES);
            return IntStream.range(0, 4)
                    .mapToObj(key -> outer.lookup(arena.allocateFrom(ValueLayout.JAVA_INT, key), id)
                            ? id.get(ValueLayout.JAVA_INT, 0)
                            : -1)
                    .toList();
        }
    }

    /** What the program returns for the marks 0 to 3. */
    private static List<Integer> values(Program program) {
        return IntStream.range(0, 4)
                .mapToObj(mark -> program.testRun(Sources.marked(mark)).returnValue())
                .toList();
    }

    @Test
    void row10_tailCallsIntoAProgramArray() {
        String source = """
            int to_seven(struct __sk_buff *skb);
            int to_eight(struct __sk_buff *skb);

            struct {
            	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
            	__uint(max_entries, 3);
            	__uint(key_size, 4);
            	__array(values, int(struct __sk_buff *));
            } table SEC(".maps") = {.values = {[0] = (void *)&to_seven, [2] = (void *)&to_eight}};

            SEC("tc")
            int to_seven(struct __sk_buff *skb)
            {
            	return 7;
            }

            SEC("tc")
            int to_eight(struct __sk_buff *skb)
            {
            	return 8;
            }

            SEC("tc")
            int jump(struct __sk_buff *skb)
            {
            	bpf_tail_call(skb, &table, skb->mark);
            	return 1;
            }
            """;
        try (LoadedObject object = Sources.load("tail", source)) {
            assertEquals(List.of(7, 1, 8, 1), values(object.program("jump")));
        }
    }

    private static final String DATA = """
        const volatile int factor = 2;
        const volatile int table[4] SEC(".rodata.custom") = {1, 2, 3, 4};
        int start = 5;
        int custom SEC(".data.custom") = 6;
        int sum;
        int more SEC(".bss.custom");
        static volatile int hidden = 8;

        SEC("tc")
        int add(struct __sk_buff *skb)
        {
        	sum += start * factor + table[2] + custom + hidden;
        	more++;
        	if (factor == 3)
        		return *(int *)(long)skb->len;
        	return sum;
        }
        """;

    @Test
    void row11_dataSectionsBeforeAndAfterLoading() {
        ObjectSpec spec = Sources.object("data", DATA)
                .withVariable("factor", 10)
                .withVariable("custom", 100)
                .withVariable("sum", 1000);
        try (LoadedObject object = BpfLoader.load(spec)) {
            Program add = object.program("add");
            assertEquals(1000 + 50 + 3 + 100 + 8, Sources.run(add));
            GlobalVariable<Integer> sum = object.variable("sum", Codecs.INT);
            assertEquals(1161, sum.get());
            sum.set(0);
            object.variable("start", Codecs.INT).set(1);
            object.variable("custom", Codecs.INT).set(0);
            assertEquals(10 + 3 + 8, Sources.run(add));
            assertEquals(2, object.variable("more", Codecs.INT).get());
            assertEquals(10, object.variable("factor", Codecs.INT).get());
        }
    }

    @Test
    void row12_readOnlyDataIsFrozenAndPrunesBranches() {
        try (LoadedObject object = Sources.load("data", DATA)) {
            assertFalse(object.program("add").dump().text().contains("return *(int *)(long)skb->len"), "a dead branch");
            GlobalVariable<Integer> factor = object.variable("factor", Codecs.INT);
            assertThrows(RuntimeException.class, () -> factor.set(3));
            BpfMap map = object.map(".rodata");
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment value = arena.allocate(map.valueSize());
                BpfException frozen = assertThrows(
                        BpfException.class, () -> map.update(arena.allocate(Integer.BYTES), value, BpfMap.ANY));
                assertTrue(frozen.errno().is(Errno.EPERM), frozen::getMessage);
            }
            assertEquals(2, factor.get());
        }
        ObjectSpec alive = Sources.object("data", DATA).withVariable("factor", 3);
        assertThrows(BpfException.class, () -> BpfLoader.load(alive), "the branch lives with another constant");
    }

    @Test
    void row13_aSectionOfDataIsMadeLarger() {
        ObjectSpec object = Sources.object("resize", """
            const volatile int length = 4;
            int array[4] SEC(".bss.array");

            SEC("tc")
            int last(struct __sk_buff *skb)
            {
            	__u32 at = length - 1;

            	if (at >= 1000)
            		return -1;
            	array[at] = 42;
            	return length;
            }
            """);
        int length = 1000;
        ObjectSpec larger = object.withVariable("length", length).withVariableSize("array", length * Integer.BYTES);
        try (LoadedObject loaded = BpfLoader.load(larger)) {
            assertEquals(length, Sources.run(loaded.program("last")));
            MemorySegment array = loaded.section(".bss.array").memory();
            assertEquals(42, array.getAtIndex(ValueLayout.JAVA_INT, length - 1));
            assertEquals(0, array.getAtIndex(ValueLayout.JAVA_INT, length - 2));
        }
    }

    @Test
    void row38_elementsAndTheirSizes() {
        MapSpec spec = MapSpec.builder("sized", MapType.HASH)
                .keySize(4)
                .valueSize(8)
                .maxEntries(2)
                .build();
        try (BpfMap map = BpfMap.create(spec);
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, 5);
            assertTrue(map.update(key, value, BpfMap.NOEXIST));
            assertFalse(map.update(key, value, BpfMap.NOEXIST));
            value.set(ValueLayout.JAVA_LONG, 0, 6);
            assertTrue(map.update(key, value, BpfMap.EXIST));
            MemorySegment found = arena.allocate(8);
            assertTrue(map.lookup(key, found));
            assertEquals(6, found.get(ValueLayout.JAVA_LONG, 0));
            assertTrue(map.nextKey(null, arena.allocate(4)));
            assertFalse(map.nextKey(key, arena.allocate(4)));
            assertTrue(map.delete(key));
            assertFalse(map.delete(key));
            assertSize(
                    "map 'sized' has a key of 4 bytes, and 5 were given", () -> map.lookup(arena.allocate(5), found));
            assertSize(
                    "map 'sized' has a value of 8 bytes, and 4 were given",
                    () -> map.update(key, arena.allocate(4), BpfMap.ANY));
            assertSize("map 'sized' has a key of 4 bytes, and 0 were given", () -> map.delete(arena.allocate(0)));
        }
    }

    private static void assertSize(String message, Executable call) {
        MapSizeException e = assertThrows(MapSizeException.class, call);
        assertEquals(message, Objects.requireNonNull(e.getMessage()));
    }
}
