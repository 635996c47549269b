package dev.ebpf4j.maptypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.BpfArray;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.PerCpu;
import dev.ebpf4j.maps.PerCpuMap;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hash tables and arrays, T1 to T6: what a program writes is read here, and the other way round. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class HashTypesTest {
    private static final String PROGRAMS = """
        struct flow {
        	__u32 source;
        	__u16 port;
        	__u8 protocol;
        };

        struct stats {
        	__u64 packets;
        	__u32 bytes;
        };

        #define MAP(name, kind, entries, key_type, value_type)                                                    \\
        	struct {                                                                                           \\
        		__uint(type, kind);                                                                        \\
        		__uint(max_entries, entries);                                                              \\
        		__type(key, key_type);                                                                     \\
        		__type(value, value_type);                                                                 \\
        	} name SEC(".maps")

        MAP(flows, BPF_MAP_TYPE_HASH, 16, struct flow, struct stats);
        MAP(counts, BPF_MAP_TYPE_ARRAY, 4, __u32, struct stats);
        MAP(per_cpu_counts, BPF_MAP_TYPE_PERCPU_ARRAY, 4, __u32, __u32);
        MAP(per_cpu_flows, BPF_MAP_TYPE_PERCPU_HASH, 16, __u32, struct stats);
        MAP(recent, BPF_MAP_TYPE_LRU_HASH, 1000, __u32, __u64);
        MAP(per_cpu_recent, BPF_MAP_TYPE_LRU_PERCPU_HASH, 1000, __u32, __u64);

        SEC("tc")
        int count(struct __sk_buff *skb)
        {
        	struct flow known = { .source = 0x0a000001, .port = 80, .protocol = 6 };
        	struct flow fresh = { .source = 0x0a000002, .port = 53, .protocol = 17 };
        	struct flow gone = { .source = 0x0a000003, .port = 1, .protocol = 1 };
        	struct stats first = { .packets = 1, .bytes = skb->len };
        	struct stats *found = bpf_map_lookup_elem(&flows, &known);
        	__u32 index = 2;

        	if (!found)
        		return 1;
        	found->packets++;
        	found->bytes += skb->len;
        	if (bpf_map_update_elem(&flows, &fresh, &first, BPF_NOEXIST))
        		return 2;
        	if (bpf_map_update_elem(&flows, &fresh, &first, BPF_NOEXIST) != -17)
        		return 3;
        	if (bpf_map_delete_elem(&flows, &gone))
        		return 4;
        	found = bpf_map_lookup_elem(&counts, &index);
        	if (!found || found->packets != 40)
        		return 5;
        	found->packets += 2;
        	return 0;
        }

        SEC("raw_tp")
        int count_here(void *ctx)
        {
        	__u32 index = 3, key = 7, cpu = bpf_get_smp_processor_id();
        	__u32 *number = bpf_map_lookup_elem(&per_cpu_counts, &index);
        	struct stats *stats = bpf_map_lookup_elem(&per_cpu_flows, &key);

        	if (!number || !stats)
        		return 1;
        	*number += 10 + cpu;
        	stats->packets += 100 + cpu;
        	stats->bytes++;
        	return 0;
        }

        static long add(__u32 index, void *ctx)
        {
        	__u32 hot = 0, key = index + 1;
        	__u64 value = key;

        	if (bpf_map_update_elem(&recent, &key, &value, BPF_ANY) ||
        	    bpf_map_update_elem(&per_cpu_recent, &key, &value, BPF_ANY))
        		return 1;
        	bpf_map_lookup_elem(&recent, &hot);
        	bpf_map_lookup_elem(&per_cpu_recent, &hot);
        	return 0;
        }

        SEC("tc")
        int overfill(struct __sk_buff *skb)
        {
        	__u32 hot = 0;
        	__u64 value = 42;

        	bpf_map_update_elem(&recent, &hot, &value, BPF_ANY);
        	bpf_map_update_elem(&per_cpu_recent, &hot, &value, BPF_ANY);
        	return bpf_loop(10000, add, 0, 0);
        }
        """;

    /** {@code BPF_F_NO_PREALLOC}. */
    private static final int NO_PREALLOC = 1;

    private static LoadedObject object;

    private record Flow(int source, short port, byte protocol) {}

    private record Stats(long packets, int bytes) {}

    @BeforeAll
    static void load() {
        object = Sources.load("hash_types", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    /** T1, T3. */
    @Test
    void hashAndArrayAreWrittenFromBothSides() {
        BpfHashMap<Flow, Stats> flows =
                BpfHashMap.of(object.map("flows"), Codecs.record(Flow.class), Codecs.record(Stats.class));
        BpfArray<Stats> counts = BpfArray.of(object.map("counts"), Codecs.record(Stats.class));
        Flow known = new Flow(0x0a000001, (short) 80, (byte) 6);
        Flow gone = new Flow(0x0a000003, (short) 1, (byte) 1);
        assertFalse(flows.replace(known, new Stats(0, 0)));
        assertTrue(flows.putIfAbsent(known, new Stats(5, 100)));
        assertFalse(flows.putIfAbsent(known, new Stats(0, 0)));
        flows.update(gone, new Stats(0, 0));
        counts.update(2, new Stats(40, 0));

        assertEquals(0, Sources.run(object.program("count")));
        assertEquals(new Stats(6, 164), flows.lookup(known));
        assertEquals(new Stats(1, 64), flows.lookup(new Flow(0x0a000002, (short) 53, (byte) 17)));
        assertNull(flows.lookup(gone));
        assertFalse(flows.delete(gone));
        assertEquals(new Stats(42, 0), counts.lookup(2));
        assertEquals(new Stats(0, 0), counts.lookup(3));
        assertThrows(IndexOutOfBoundsException.class, () -> counts.lookup(4));
    }

    /** T2, T4: values of an odd size are 8 bytes apart. */
    @Test
    void everyCpuHasItsOwnValue() {
        PerCpuMap<Integer, Integer> numbers = PerCpuMap.of(object.map("per_cpu_counts"), Codecs.INT, Codecs.INT);
        PerCpuMap<Integer, Stats> flows =
                PerCpuMap.of(object.map("per_cpu_flows"), Codecs.INT, Codecs.record(Stats.class));
        assertNull(flows.lookup(7));
        flows.update(7, PerCpu.all(flows.cpus(), new Stats(1000, 0)));
        int cpus = Runtime.getRuntime().availableProcessors();
        for (int cpu = 0; cpu < cpus; cpu++) {
            for (int run = 0; run <= cpu; run++) {
                assertEquals(
                        0,
                        object.program("count_here")
                                .testRun(TestRun.empty().onCpu(cpu))
                                .returnValue());
            }
        }
        PerCpu<Integer> found = numbers.lookup(3);
        PerCpu<Stats> stats = flows.lookup(7);
        assertNotNull(found);
        assertNotNull(stats);
        for (int cpu = 0; cpu < cpus; cpu++) {
            assertEquals((10 + cpu) * (cpu + 1), found.get(cpu));
            assertEquals(new Stats(1000 + (100L + cpu) * (cpu + 1), cpu + 1), stats.get(cpu));
        }
        assertEquals(found.reduce(Integer::sum).longValue(), numbers.sum(3));
        assertEquals(stats.sum(Stats::packets) - 1000L * (flows.cpus() - cpus), packets(cpus));
        assertEquals(stats.get(cpus - 1), flows.lookup(7, cpus - 1));
        assertTrue(flows.delete(7));
        assertFalse(flows.delete(7));
        BpfException e = assertThrows(BpfException.class, () -> numbers.delete(3));
        assertTrue(e.errno().is(Errno.EINVAL), e::getMessage);
    }

    private static long packets(int cpus) {
        return LongStream.range(0, cpus)
                .map(cpu -> 1000 + (100 + cpu) * (cpu + 1))
                .sum();
    }

    /** T5, T6: ten times as many keys as fit, and one that is used all the time. */
    @Test
    void theLeastRecentlyUsedAreEvicted() {
        assertEquals(10_000, Sources.run(object.program("overfill")));
        BpfHashMap<Integer, Long> recent = BpfHashMap.of(object.map("recent"), Codecs.INT, Codecs.LONG);
        Map<Integer, Long> left = new HashMap<>();
        recent.forEach(left::put);
        assertTrue(left.size() <= 1000 && left.size() > 100, () -> left.size() + " are left");
        assertEquals(42, left.remove(0), "the one in use");
        left.forEach((key, value) -> assertEquals(key.longValue(), value));

        PerCpuMap<Integer, Long> perCpu = PerCpuMap.of(object.map("per_cpu_recent"), Codecs.INT, Codecs.LONG);
        int there = 0;
        for (int key = 0; key <= 10000; key++) {
            there += perCpu.lookup(key) == null ? 0 : 1;
        }
        int found = there;
        assertTrue(found <= 1000 && found > 100, () -> found + " are left");
        PerCpu<Long> hot = perCpu.lookup(0);
        assertNotNull(hot);
        assertTrue(hot.values().contains(42L));
    }

    @Test
    void theHashThatResizesItself() {
        MapSpec spec = MapSpec.builder("resizing", MapType.RHASH)
                .keySize(4)
                .valueSize(8)
                .maxEntries(100_000)
                .flags(NO_PREALLOC)
                .build();
        try (BpfMap map = BpfMap.create(spec)) {
            BpfHashMap<Integer, Long> view = BpfHashMap.of(map, Codecs.INT, Codecs.LONG);
            for (int i = 0; i < 10_000; i++) {
                assertTrue(view.putIfAbsent(i, i * 2L));
            }
            assertEquals(19_998, view.lookup(9_999));
            assertTrue(view.delete(9_999));
            assertNull(view.lookup(9_999));
        } catch (BpfException e) {
            assumeTrue(!e.errno().is(Errno.EINVAL), "needs a kernel with RHASH, 7.2 or so: " + e.getMessage());
            throw e;
        }
    }
}
