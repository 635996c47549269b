package dev.ebpf4j.maptypes;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.BpfArray;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.MapOfMaps;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T12, T13: maps in maps, exchanged while a program uses them. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class MapOfMapsTest {
    private static final String PROGRAMS = """
        struct inner {
        	__uint(type, BPF_MAP_TYPE_ARRAY);
        	__uint(max_entries, 1);
        	__type(key, __u32);
        	__type(value, __u64);
        };

        struct {
        	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
        	__uint(max_entries, 2);
        	__type(key, __u32);
        	__array(values, struct inner);
        } versions SEC(".maps");

        struct {
        	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
        	__uint(max_entries, 4);
        	__type(key, char[8]);
        	__array(values, struct inner);
        } tenants SEC(".maps");

        __u64 seen[3], none, mixed;

        SEC("tc")
        int current(struct __sk_buff *skb)
        {
        	__u32 zero = 0;
        	void *inner = bpf_map_lookup_elem(&versions, &zero);
        	__u64 *first, *second;

        	if (!inner) {
        		none++;
        		return -1;
        	}
        	first = bpf_map_lookup_elem(inner, &zero);
        	second = bpf_map_lookup_elem(inner, &zero);
        	if (!first || !second)
        		return -2;
        	if (*first != *second || *first > 2)
        		mixed++;
        	else
        		seen[*first]++;
        	return *first;
        }

        SEC("tc")
        int of_tenant(struct __sk_buff *skb)
        {
        	char name[8] = "blue";
        	__u32 zero = 0;
        	void *inner = bpf_map_lookup_elem(&tenants, name);
        	__u64 *value = inner ? bpf_map_lookup_elem(inner, &zero) : 0;

        	return value ? *value : -1;
        }
        """;

    private static LoadedObject object;

    @BeforeAll
    static void load() {
        object = Sources.load("map_of_maps", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    private static BpfMap version(long value) {
        BpfMap map = BpfMap.create(MapSpec.builder("version" + value, MapType.ARRAY)
                .keySize(4)
                .valueSize(8)
                .maxEntries(1)
                .build());
        BpfArray.of(map, Codecs.LONG).update(0, value);
        return map;
    }

    private static long counted(String variable) {
        return object.variable(variable, Codecs.LONG).get();
    }

    private static long seen(int version) {
        return object.variable("seen", Codecs.bytes(24)).segment().getAtIndex(JAVA_LONG, version);
    }

    @Test
    void anInnerMapIsExchangedUnderARunningProgram() throws InterruptedException {
        MapOfMaps<Integer> versions = MapOfMaps.of(object.map("versions"), Codecs.INT);
        assertEquals(OptionalInt.empty(), versions.id(0));
        assertNull(versions.open(0));
        assertEquals(-1, Sources.run(object.program("current")));
        long before = counted("none");
        try (BpfMap one = version(1);
                BpfMap two = version(2)) {
            versions.update(0, one);
            assertEquals(1, Sources.run(object.program("current")));
            assertEquals(OptionalInt.of(one.info().id()), versions.id(0));

            AtomicBoolean stop = new AtomicBoolean();
            TestRun packets = TestRun.onPacket(new byte[64]).withRepeat(10_000);
            Thread runner = new Thread(() -> {
                while (!stop.get()) {
                    object.program("current").testRun(packets);
                }
            });
            runner.start();
            int exchanges = 0;
            while (exchanges < 50 || seen(1) < 1_000 || seen(2) < 1_000) {
                versions.update(0, exchanges++ % 2 == 0 ? two : one);
            }
            stop.set(true);
            runner.join();
            assertEquals(0, counted("mixed"));
            assertEquals(before, counted("none"));
            versions.update(0, two);
        }
        assertEquals(2, Sources.run(object.program("current")), "the outer map keeps it");
        try (BpfMap kept = versions.open(0)) {
            assertNotNull(kept);
            assertEquals(2, BpfArray.of(kept, Codecs.LONG).lookup(0));
        }
        assertTrue(versions.delete(0));
        assertFalse(versions.delete(0));
        assertEquals(-1, Sources.run(object.program("current")));
    }

    @Test
    void mapsByName() {
        MapOfMaps<String> tenants = MapOfMaps.of(object.map("tenants"), Codecs.string(8));
        try (BpfMap blue = version(1);
                BpfMap other = version(2);
                BpfMap unlike = BpfMap.create(MapSpec.builder("unlike", MapType.ARRAY)
                        .keySize(4)
                        .valueSize(4)
                        .maxEntries(1)
                        .build())) {
            assertTrue(tenants.putIfAbsent("blue", blue));
            assertFalse(tenants.putIfAbsent("blue", other));
            assertEquals(1, Sources.run(object.program("of_tenant")));
            tenants.update("blue", other);
            assertEquals(2, Sources.run(object.program("of_tenant")));
            assertEquals(OptionalInt.of(other.info().id()), tenants.id("blue"));
            assertEquals(OptionalInt.empty(), tenants.id("green"));
            BpfException e = assertThrows(BpfException.class, () -> tenants.update("green", unlike));
            assertTrue(e.errno().is(Errno.EINVAL), e::getMessage);
            assertTrue(tenants.delete("blue"));
            assertEquals(-1, Sources.run(object.program("of_tenant")));
        }
    }
}
