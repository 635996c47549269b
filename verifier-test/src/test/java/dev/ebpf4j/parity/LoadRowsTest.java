package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.VerifierLogging;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows 21, 24, 25, 31, 33 and 84: what not every kernel has, loading without it, and what is said about it. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class LoadRowsTest {
    private static final String RICH = """
        enum big { SMALL = 1, LARGE = 0x100000000ULL };

        struct value {
        	__u64 count;
        	float ratio;
        	int *tagged __attribute__((btf_type_tag("user")));
        	enum big big;
        } __attribute__((btf_decl_tag("a value")));

        struct {
        	__uint(type, BPF_MAP_TYPE_HASH);
        	__uint(max_entries, 4);
        	__type(key, __u32);
        	__type(value, struct value);
        } values SEC(".maps");

        const volatile int factor = 2;
        int runs;
        int odd SEC(".data.odd") = 1;

        __noinline int global(struct __sk_buff *skb __arg_ctx)
        {
        	return skb->len;
        }

        static __noinline int local(int x)
        {
        	return x * 3;
        }

        SEC("tc")
        int plain(struct __sk_buff *skb)
        {
        	struct value value = {};
        	__u32 key = 7;

        	bpf_map_update_elem(&values, &key, &value, 0);
        	return local(global(skb));
        }

        SEC("cgroup_skb/ingress")
        int ingress(struct __sk_buff *skb)
        {
        	return 1;
        }

        SEC("tracepoint/sched/sched_process_exit")
        int reads(void *ctx)
        {
        	__u64 value;

        	bpf_probe_read_kernel(&value, sizeof(value), ctx);
        	return value != 0;
        }

        SEC("tc")
        int data(struct __sk_buff *skb)
        {
        	runs += factor + odd;
        	return runs;
        }
        """;

    private static ObjectSpec rich;

    @BeforeAll
    static void compile() {
        rich = Sources.object("rich", RICH);
    }

    private static LoadedObject load(ObjectSpec spec, KernelFeatures features) {
        KernelInfo kernel = KernelInfo.detect();
        LinkedObject linked = ObjectLinker.link(spec, kernel.linkInputs());
        return BpfLoader.load(LoadPlan.of(linked, features, kernel.machine()));
    }

    @ParameterizedTest
    @EnumSource(Feature.class)
    void row31_eachFeatureForcedOff(Feature feature) {
        KernelFeatures features = KernelInfo.detect().features().without(feature);
        ObjectSpec spec = feature == Feature.GLOBAL_DATA ? rich.only("plain", "ingress", "reads") : rich;
        try (LoadedObject object = load(spec, features)) {
            assertEquals(3 * 64, Sources.run(object.program("plain")));
            assertEquals(
                    feature == Feature.GLOBAL_DATA ? 3 : 4, object.programs().size());
            if (feature != Feature.GLOBAL_DATA) {
                assertEquals(3, Sources.run(object.program("data")));
            }
        }
        if (feature == Feature.GLOBAL_DATA) {
            BpfException e = assertThrows(BpfException.class, () -> load(rich, features));
            assertTrue(e.getMessage().contains("data"), e::getMessage);
        }
    }

    @Test
    void row31_allFeaturesForcedOff() {
        ObjectSpec spec = rich.only("ingress", "reads");
        try (LoadedObject object = load(spec, feature -> KernelFeatures.Support.UNSUPPORTED)) {
            assertEquals("", object.program("ingress").info().name());
            assertEquals(0, object.program("ingress").info().btfId());
            assertFalse(object.notes().isEmpty());
        }
    }

    @Test
    void row21_contextArgumentsWithoutTheTag() {
        ObjectSpec spec = Sources.object("argument", """
            __noinline int length(void *ctx __arg_ctx, int more)
            {
            	struct __sk_buff *skb = ctx;

            	return skb->len + skb->mark + more;
            }

            SEC("tc")
            int entry(struct __sk_buff *skb)
            {
            	return length(skb, 2);
            }

            __noinline long bytes(void *ctx __arg_ctx)
            {
            	struct xdp_md *packet = ctx;

            	return (long)packet->data_end - (long)packet->data;
            }

            SEC("xdp")
            int of_xdp(struct xdp_md *ctx)
            {
            	return bytes(ctx);
            }
            """);
        KernelFeatures whole = KernelInfo.detect().features();
        KernelFeatures untagged = whole.without(Feature.ARG_CTX_TAG);
        // without declaration tags too, which a kernel that knows them would heed
        for (KernelFeatures features : List.of(whole, untagged, untagged.without(Feature.BTF_DECL_TAG))) {
            try (LoadedObject object = load(spec, features)) {
                assertEquals(
                        64 + 8 + 2,
                        object.program("entry").testRun(Sources.marked(8)).returnValue());
                assertEquals(Sources.PACKET.length, Sources.run(object.program("of_xdp")));
            }
        }
    }

    @Test
    void row33_logsOfEveryLevel() {
        ObjectSpec spec = rich.only("plain", "ingress");
        Map<Integer, String> texts = new HashMap<>();
        for (int level : List.of(VerifierLogging.BASIC, VerifierLogging.VERBOSE, VerifierLogging.STATS)) {
            try (LoadedObject object =
                    BpfLoader.load(spec, LoadOptions.DEFAULT.withVerifierLogging(VerifierLogging.of(level)))) {
                texts.put(level, object.verifierLog("plain").text());
            }
        }
        for (String text : texts.values()) {
            assertTrue(text.contains("processed "), text);
        }
        String basic = Objects.requireNonNull(texts.get(VerifierLogging.BASIC));
        String verbose = Objects.requireNonNull(texts.get(VerifierLogging.VERBOSE));
        String figures = Objects.requireNonNull(texts.get(VerifierLogging.STATS));
        assertTrue(figures.lines().count() < 6, figures);
        assertTrue(verbose.length() >= basic.length(), "more is said");
        assertTrue(verbose.contains("bpf_map_update_elem"), "each instruction");
    }

    @Test
    void row33_ownBuffersAndThoseThatGrow() {
        StringBuilder branches = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            branches.append("if (skb->mark == ")
                    .append(i)
                    .append(") sum += ")
                    .append(i * 3 + 1)
                    .append(";\n");
        }
        ObjectSpec spec = Sources.object("long", """
            SEC("tc")
            int branches(struct __sk_buff *skb)
            {
            	volatile int sum = 0;

            	%s
            	return sum;
            }
            """.formatted(branches));
        VerifierLogging verbose = VerifierLogging.of(VerifierLogging.VERBOSE);
        String grown;
        try (LoadedObject object = BpfLoader.load(spec, LoadOptions.DEFAULT.withVerifierLogging(verbose))) {
            grown = object.verifierLog("branches").text();
            assertTrue(grown.length() > 64 * 1024, () -> grown.length() + " characters");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment large = arena.allocate(grown.length() * 2L);
            try (LoadedObject object =
                    BpfLoader.load(spec, LoadOptions.DEFAULT.withVerifierLogging(verbose.withBuffer(large)))) {
                assertEquals(grown.lines().count(), large.getString(0).lines().count());
                assertEquals(1, object.programs().size());
            }
            LoadOptions small = LoadOptions.DEFAULT.withVerifierLogging(verbose.withBuffer(arena.allocate(1024)));
            BpfException e = assertThrows(BpfException.class, () -> BpfLoader.load(spec, small));
            assertTrue(e.errno().is(Errno.ENOSPC), e::getMessage);
        }
    }

    /** No text is printed by itself: what there is to say is asked for, at a level, or listened to. */
    @Test
    void row84_whatIsToldAndToWhom() {
        ObjectSpec spec = rich.only("plain", "ingress");
        List<String> heard = new ArrayList<>();
        VerifierLogging logging = VerifierLogging.of(VerifierLogging.STATS)
                .withListener(
                        (program, log) -> heard.add(program + ": " + log.text().contains("processed")));
        try (LoadedObject object = BpfLoader.load(spec, LoadOptions.DEFAULT.withVerifierLogging(logging))) {
            assertEquals(List.of("plain: true", "ingress: true"), heard);
            assertEquals(List.of(), object.notes());
        }
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals("", object.verifierLog("plain").text());
        }
        ObjectSpec one = spec.withProgram("ingress", ingress -> ingress.withLogLevel(VerifierLogging.STATS));
        try (LoadedObject object = BpfLoader.load(one)) {
            assertEquals("", object.verifierLog("plain").text());
            assertFalse(object.verifierLog("ingress").text().isEmpty());
        }
    }

    @Test
    void row24_variablesInAnArena() {
        assumeTrue(
                takes(MapSpec.builder("arena", MapType.ARENA)
                        .maxEntries(1)
                        .flags(MapSpec.MMAPABLE)
                        .build()),
                "needs Linux 6.9 for arenas");
        ObjectSpec spec = Sources.object("arena", """
            #define __arena __attribute__((address_space(1)))

            struct {
            	__uint(type, BPF_MAP_TYPE_ARENA);
            	__uint(map_flags, BPF_F_MMAPABLE);
            	__uint(max_entries, 10);
            } arena SEC(".maps");

            int __arena counter = 5;
            int __arena others[3] = {1, 2, 3};

            SEC("tc")
            int count(struct __sk_buff *skb)
            {
            	void *use = &arena;

            	asm volatile("" : "+r"(use));
            	counter += others[2];
            	return counter;
            }
            """);
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals(8, Sources.run(object.program("count")));
            GlobalVariable<Integer> counter = object.variable("counter", Codecs.INT);
            assertEquals(8, counter.get());
            counter.set(100);
            assertEquals(103, Sources.run(object.program("count")));
        }
    }

    /** {@code switch (skb->mark)} with three arms and a default one, as clang 22 compiles it for an instruction set with gotox. */
    @Test
    void row25_jumpTables() {
        MapSpec table = MapSpec.builder("table", MapType.INSN_ARRAY)
                .keySize(4)
                .valueSize(16)
                .maxEntries(1)
                .build();
        assumeTrue(takes(table), "needs Linux 6.19 for maps of instructions");
        Code code = Code.of(
                Slots.of(0x61, 2, 1, 8, 0), // r2 = skb->mark
                Slots.of(0x25, 2, 0, 12, 2), // if r2 > 2 goto default
                Slots.of(0x67, 2, 0, 0, 3), // r2 <<= 3
                Slots.of(Slots.LOAD_IMM64, 1, 0, 0, 0), // r1 = table
                Slots.of(0, 0, 0, 0, 0),
                Slots.of(0x0f, 1, 2, 0, 0), // r1 += r2
                Slots.of(0x79, 1, 1, 0, 0), // r1 = *r1
                Slots.of(0x0d, 1, 0, 0, 0), // gotox r1
                Slots.of(0xb7, 0, 0, 0, 10),
                Slots.of(0x95, 0, 0, 0, 0),
                Slots.of(0xb7, 0, 0, 0, 20),
                Slots.of(0x95, 0, 0, 0, 0),
                Slots.of(0xb7, 0, 0, 0, 30),
                Slots.of(0x95, 0, 0, 0, 0),
                Slots.of(0xb7, 0, 0, 0, 1),
                Slots.of(0x95, 0, 0, 0, 0));
        FunctionSpec entry = new FunctionSpec(
                new FunctionId("tc", 0),
                "arms",
                FunctionSpec.Linkage.GLOBAL,
                code,
                List.of(new Reloc.JumpTable(3, List.of(8, 10, 12))),
                0,
                List.of());
        ObjectSpec spec = ObjectSpec.builder("arms")
                .license("GPL")
                .programs(List.of(ProgramSpec.of("arms", "tc", entry)))
                .build();
        try (LoadedObject object = BpfLoader.load(spec)) {
            List<Integer> values = IntStream.range(0, 4)
                    .mapToObj(mark ->
                            object.program("arms").testRun(Sources.marked(mark)).returnValue())
                    .toList();
            assertEquals(List.of(10, 20, 30, 1), values);
        }
    }

    private static boolean takes(MapSpec spec) {
        try (BpfMap map = BpfMap.create(spec)) {
            return map.fd() > 0;
        } catch (BpfException e) {
            return false;
        }
    }
}
