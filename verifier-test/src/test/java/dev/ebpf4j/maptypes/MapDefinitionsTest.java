package dev.ebpf4j.maptypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.MapInfo;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T18 and T19: maps as they were defined before BTF, and with it; and a type that this may be too early for. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class MapDefinitionsTest {
    private static final String LEGACY = """
        struct bpf_map_def {
        	unsigned int type;
        	unsigned int key_size;
        	unsigned int value_size;
        	unsigned int max_entries;
        	unsigned int map_flags;
        };

        struct bpf_map_def SEC("maps") old_counts = {
        	.type = BPF_MAP_TYPE_HASH,
        	.key_size = 4,
        	.value_size = 8,
        	.max_entries = 7,
        	.map_flags = BPF_F_NO_PREALLOC,
        };

        SEC("tc")
        int count(struct __sk_buff *skb)
        {
        	__u32 key = 3;
        	__u64 one = 1, *found = bpf_map_lookup_elem(&old_counts, &key);

        	if (found)
        		return ++*found;
        	return bpf_map_update_elem(&old_counts, &key, &one, BPF_NOEXIST);
        }
        """;

    private static final String TYPED = """
        struct stats {
        	__u64 packets;
        	__u32 bytes;
        };

        struct {
        	__uint(type, BPF_MAP_TYPE_HASH);
        	__uint(max_entries, 7);
        	__type(key, __u32);
        	__type(value, struct stats);
        } counts SEC(".maps");

        SEC("tc")
        int count(struct __sk_buff *skb)
        {
        	__u32 key = 3;

        	return bpf_map_lookup_elem(&counts, &key) ? 1 : 0;
        }
        """;

    private record Stats(long packets, long bytes) {}

    @Test
    void definitionsWithoutTypes() {
        try (LoadedObject object = Sources.load("legacy", LEGACY)) {
            MapInfo info = object.map("old_counts").info();
            assertEquals(
                    List.of(4, 8, 7, 1), List.of(info.keySize(), info.valueSize(), info.maxEntries(), info.flags()));
            BpfHashMap<Integer, Long> counts = BpfHashMap.of(object.map("old_counts"), Codecs.INT, Codecs.LONG);
            assertEquals(0, Sources.run(object.program("count")));
            assertEquals(1, counts.lookup(3));
            counts.update(3, 41L);
            assertEquals(42, Sources.run(object.program("count")));
            assertEquals(42, counts.lookup(3));
        }
    }

    /** By way of the kernel, which keeps the types: whoever opens the map by its number sees the names. */
    @Test
    void definitionsWithTypes() {
        try (LoadedObject object = Sources.load("typed", TYPED);
                BpfMap opened = BpfMap.byId(object.map("counts").info().id())) {
            assertNotNull(opened.valueType().btf());
            BtfType type = opened.valueType().btf().type(opened.valueType().typeId());
            BtfType.Struct stats = (BtfType.Struct) type;
            assertEquals("stats", stats.name());
            assertEquals(
                    List.of("packets", "bytes"),
                    stats.members().stream().map(BtfType.Member::name).toList());
            CodecMismatchException e = assertThrows(
                    CodecMismatchException.class, () -> BpfHashMap.of(opened, Codecs.LONG, Codecs.record(Stats.class)));
            assertTrue(e.toString().contains("key of map 'counts'"), e::toString);
        }
    }

    @Test
    void addressesOfInstructions() {
        MapSpec spec = MapSpec.builder("targets", MapType.INSN_ARRAY)
                .keySize(4)
                .valueSize(16)
                .maxEntries(4)
                .build();
        try (BpfMap map = BpfMap.create(spec)) {
            assertEquals(MapType.INSN_ARRAY, map.info().type());
        } catch (UnsupportedFeatureException e) {
            abort("needs Linux " + e.since() + ": " + e.getMessage());
        } catch (BpfException e) {
            abort("needs Linux 6.19 for INSN_ARRAY: " + e.getMessage());
        }
    }
}
