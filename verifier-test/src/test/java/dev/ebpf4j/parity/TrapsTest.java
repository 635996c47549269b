package dev.ebpf4j.parity;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.maps.BpfArray;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.VariableSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where libbpf trips, or makes its users trip, when it loads objects; {@code docs/parity.md} lists all such traps. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class TrapsTest {
    @Test
    void trap02_everyVariableOfAnOptionalSectionIsOptional() {
        ObjectSpec spec = Sources.object("operations", """
            struct tcp_congestion_ops {
            	__u32 (*ssthresh)(void *sk);
            	char name[16];
            };

            SEC("struct_ops/one")
            __u32 one(void *sk)
            {
            	return 2;
            }

            SEC("?.struct_ops")
            struct tcp_congestion_ops first = {.ssthresh = (void *)one, .name = "e4j_first"};

            SEC("?.struct_ops")
            struct tcp_congestion_ops second = {.ssthresh = (void *)one, .name = "e4j_second"};

            SEC("tc")
            int other(struct __sk_buff *skb)
            {
            	return 8;
            }
            """);
        assertEquals(
                List.of(false, false),
                List.of(spec.map("first").autocreate(), spec.map("second").autocreate()));
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals(List.of(), object.maps());
            assertEquals(8, Sources.run(object.program("other")));
            assertEquals(1, object.programs().size());
        }
    }

    @Test
    void trap03_longNamesOfSectionsAreFoundByTheirName() {
        String section = ".bss.a_name_of_24_letters";
        try (LoadedObject object = Sources.load("longnames", """
            int counter SEC(".bss.a_name_of_24_letters");

            SEC("tc")
            int count(struct __sk_buff *skb)
            {
            	return ++counter;
            }
            """)) {
            assertEquals(1, Sources.run(object.program("count")));
            assertEquals(1, object.variable("counter", Codecs.INT).get());
            assertEquals(1, object.section(section).memory().get(JAVA_INT, 0));
            assertEquals(15, object.map(section).info().name().length());
        }
    }

    @Test
    void trap05_aMapThatIsNotCreatedIsNoMap() {
        ObjectSpec spec = Sources.object("optional", """
            struct {
            	__uint(type, BPF_MAP_TYPE_ARRAY);
            	__uint(max_entries, 1);
            	__type(key, __u32);
            	__type(value, __u32);
            } optional SEC(".maps");

            const volatile int use = 0;

            SEC("tc")
            int maybe(struct __sk_buff *skb)
            {
            	__u32 key = 0;

            	return use && bpf_map_lookup_elem(&optional, &key) ? 2 : 1;
            }
            """).withMap("optional", map -> map.withAutocreate(false));
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals(1, Sources.run(object.program("maybe")));
            MissingObjectException e = assertThrows(MissingObjectException.class, () -> object.map("optional"));
            assertTrue(String.valueOf(e.getMessage()).contains("'optional'"), e::getMessage);
        }
        VerifierException e = assertThrows(VerifierException.class, () -> BpfLoader.load(spec.withVariable("use", 1)));
        assertTrue(e.getMessage().contains("map 'optional'"), e::getMessage);
    }

    @Test
    void trap08_functionsOutsideText() {
        ObjectSpec spec = Sources.object("placed", """
            __attribute__((section("helpers"), noinline)) static int hidden(int x)
            {
            	return x + 1;
            }

            __attribute__((section("others"), noinline)) int shown(int x)
            {
            	return x * 2;
            }

            SEC("tc")
            int calls(struct __sk_buff *skb)
            {
            	return hidden(skb->len) + shown(skb->len);
            }
            """);
        try (LoadedObject object = BpfLoader.load(spec.only("calls"))) {
            assertEquals(64 + 1 + 64 * 2, Sources.run(object.program("calls")));
        }
    }

    @Test
    void trap09_sectionsThatNobodyKnowsOnlySpoilWhatIsLoaded() {
        ObjectSpec spec = Sources.object("sections", """
            SEC("no/such/section")
            int strange(void *ctx)
            {
            	return 0;
            }

            SEC("tc")
            int known(struct __sk_buff *skb)
            {
            	return 4;
            }
            """);
        assertEquals(ProgramType.UNSPEC, spec.program("strange").type());
        RuntimeException e = assertThrows(RuntimeException.class, () -> BpfLoader.load(spec));
        assertTrue(String.valueOf(e.getMessage()).contains("strange"), e::getMessage);
        try (LoadedObject object = BpfLoader.load(spec.withProgram("strange", p -> p.withAutoload(false)))) {
            assertEquals(4, Sources.run(object.program("known")));
        }
        try (LoadedObject object = BpfLoader.load(
                spec.withProgram("strange", p -> p.withType(ProgramType.SOCKET_FILTER, AttachType.of(0))))) {
            assertEquals(0, Sources.run(object.program("strange")));
        }
    }

    @Test
    void trap10_aLoadThatFailedIsTriedAgain() {
        ObjectSpec spec = Sources.object("again", """
            const volatile int wrong = 1;

            SEC("tc")
            int maybe(struct __sk_buff *skb)
            {
            	return wrong ? *(int *)(long)skb->len : 3;
            }
            """);
        KernelInfo kernel = KernelInfo.detect();
        LoadPlan plan = LoadPlan.of(ObjectLinker.link(spec, kernel.linkInputs()), kernel.features(), kernel.machine());
        assertThrows(VerifierException.class, () -> BpfLoader.load(plan));
        assertThrows(VerifierException.class, () -> BpfLoader.load(plan), "the same plan once more");
        try (LoadedObject object = BpfLoader.load(spec.withVariable("wrong", 0))) {
            assertEquals(3, Sources.run(object.program("maybe")));
        }
    }

    @Test
    void trap11_whatIsNotLoadedNeedsNothing() {
        ObjectSpec spec = Sources.object("disabled", """
            struct no_such_struct {
            	int field;
            } __attribute__((preserve_access_index));

            extern const void no_such_symbol __ksym;
            extern int CONFIG_NO_SUCH_OPTION __kconfig;

            static __noinline int helper(struct no_such_struct *s)
            {
            	return s->field;
            }

            SEC("?tc")
            int disabled(struct __sk_buff *skb)
            {
            	return (&no_such_symbol != 0) + CONFIG_NO_SUCH_OPTION + helper((void *)(long)skb->len);
            }

            SEC("tc")
            int enabled(struct __sk_buff *skb)
            {
            	return 6;
            }
            """);
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals(6, Sources.run(object.program("enabled")));
        }
        LinkException e = assertThrows(
                LinkException.class, () -> BpfLoader.load(spec.withProgram("disabled", p -> p.withAutoload(true))));
        assertTrue(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("no_such"), e::getMessage);
    }

    @Test
    void trap19_staticVariablesHaveTheirPlaceAndSize() {
        try (LoadedObject object = Sources.load("statics", """
            static volatile int first = 11;
            static volatile __u64 second = 22;
            __hidden volatile int third = 33;

            SEC("tc")
            int sum(struct __sk_buff *skb)
            {
            	first++;
            	return first + second + third;
            }
            """)) {
            assertEquals(67, Sources.run(object.program("sum")));
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> object.variable("second", Codecs.LONG));
            assertTrue(String.valueOf(e.getMessage()).contains("BPF_F_MMAPABLE"), "no variable is shown");
            BpfMap data = object.map(".data");
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment value = arena.allocate(data.valueSize());
                assertTrue(data.lookup(arena.allocate(Integer.BYTES), value));
                VariableSpec first = object.spec().variable("first");
                VariableSpec second = object.spec().variable("second");
                assertEquals(List.of(4, 8), List.of(first.size(), second.size()));
                assertEquals(12, value.get(JAVA_INT, first.offset()));
                assertEquals(22, value.get(JAVA_LONG, second.offset()));
            }
        }
    }

    @Test
    void trap20_elementsOfArraysInData() {
        try (LoadedObject object = Sources.load("elements", """
            static volatile int array[8] = {0, 10, 20, 30, 40, 50, 60, 70};
            volatile int shown[4] = {1, 2, 3, 4};

            SEC("tc")
            int third(struct __sk_buff *skb)
            {
            	shown[2] = 9;
            	return array[3] + array[7] + shown[3];
            }
            """)) {
            assertEquals(30 + 70 + 4, Sources.run(object.program("third")));
            assertEquals(
                    9,
                    object.variable("shown", Codecs.bytes(16))
                            .get()[ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 8 : 11]);
        }
    }

    @Test
    void trap21_theSecondOfTwoStaticFunctions() {
        try (LoadedObject object = Sources.load("second", """
            struct {
            	__uint(type, BPF_MAP_TYPE_ARRAY);
            	__uint(max_entries, 2);
            	__type(key, __u32);
            	__type(value, __u32);
            } values SEC(".maps");

            static __noinline int one(int x) { return x + 1; }
            static __noinline int two(int x) { return x + 2; }
            static long added(void *map, __u32 *key, __u32 *value, int *sum) { *sum += *value; return 0; }

            SEC("tc")
            int both(struct __sk_buff *skb)
            {
            	int sum = 0;

            	bpf_for_each_map_elem(&values, added, &sum, 0);
            	return two(skb->len) * 10 + sum;
            }

            SEC("tc")
            int other(struct __sk_buff *skb)
            {
            	return one(skb->len);
            }
            """)) {
            BpfArray.of(object.map("values"), Codecs.INT).update(1, 7);
            assertEquals(667, Sources.run(object.program("both")));
            assertEquals(65, Sources.run(object.program("other")));
        }
    }

    @Test
    void trap25_anAttachTypeOfZeroIsOneToo() {
        ObjectSpec spec = Sources.object("types", """
            SEC("cgroup_skb/ingress")
            int in(struct __sk_buff *skb)
            {
            	return 1;
            }

            SEC("cgroup_skb/egress")
            int out(struct __sk_buff *skb)
            {
            	return 1;
            }

            SEC("xdp")
            int packet(struct xdp_md *ctx)
            {
            	return XDP_PASS;
            }
            """);
        assertEquals(0, spec.program("in").attachType().number());
        assertEquals(AttachType.CGROUP_INET_INGRESS, spec.program("in").attachType());
        assertEquals(AttachType.CGROUP_INET_EGRESS, spec.program("out").attachType());
        assertEquals(37, spec.program("packet").attachType().number());
        BpfLoader.load(spec).close();
    }

    /** The loader reads the instruction and the symbol; the number of the relocation's type is the linker's business. */
    @Test
    void trap34_typesOfRelocationsAreNotLookedAt() {
        byte[] elf = Sources.compile("types", """
            int counter = 5;

            SEC("tc")
            int count(struct __sk_buff *skb)
            {
            	return ++counter;
            }
            """);
        assertTrue(renumberRelocations(elf) > 0);
        try (LoadedObject object = BpfLoader.load(ElfReader.read(elf, "types"))) {
            assertEquals(6, Sources.run(object.program("count")));
            assertTrue(object.program("count").fd() > 2 && object.map(".data").fd() > 2);
        }
    }

    /** Writes 77 over the types of all relocations of sections with instructions; answers how many. */
    private static int renumberRelocations(byte[] elf) {
        ByteBuffer bytes = ByteBuffer.wrap(elf).order(ByteOrder.nativeOrder());
        long sections = bytes.getLong(0x28);
        int count = bytes.getShort(0x3c);
        int changed = 0;
        for (int i = 0; i < count; i++) {
            int header = (int) sections + i * 64;
            boolean relocations = bytes.getInt(header + 4) == 9;
            int target = (int) sections + bytes.getInt(header + 0x2c) * 64;
            boolean code = (bytes.getLong(target + 8) & 4) != 0;
            if (relocations && code) {
                long start = bytes.getLong(header + 0x18);
                for (long at = start; at < start + bytes.getLong(header + 0x20); at += 16) {
                    bytes.putInt((int) at + 8, 77);
                    changed++;
                }
            }
        }
        return changed;
    }
}
