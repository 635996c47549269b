package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.insn.Helper;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.VerifierLogging;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.KernelFeatures.Support;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rows 31, 33 and 84: each thing that a kernel may lack, forced off. What an older kernel would get is noted, and this one
 * takes it too.
 */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class OldKernelRowsTest {
    private static final String EVERYTHING = """
        enum wide { WIDE = 0x1234567890ULL };
        enum negative { NEGATIVE = -1 };

        struct value {
        	double number;
        	int __attribute__((btf_type_tag("user"))) *pointer;
        	enum wide wide;
        	enum negative negative;
        } __attribute__((btf_decl_tag("tagged")));

        struct {
        	__uint(type, BPF_MAP_TYPE_ARRAY);
        	__uint(max_entries, 1);
        	__type(key, __u32);
        	__type(value, struct value);
        } values SEC(".maps");

        const volatile int limit = 40;
        int seen = 1;

        __attribute__((noinline)) int global_one(int x)
        {
        	return x + seen;
        }

        SEC("xdp")
        int main_program(struct xdp_md *ctx)
        {
        	__u32 key = 0;

        	if (!bpf_map_lookup_elem(&values, &key))
        		return 0;
        	return global_one(limit) + 1;
        }

        SEC("raw_tp/sched_switch")
        int reads(struct bpf_raw_tracepoint_args *ctx)
        {
        	char text[8];
        	long sum = 0;

        	sum += bpf_probe_read_kernel(text, 8, (void *)ctx->args[0]);
        	sum += bpf_probe_read_user(text, 8, (void *)ctx->args[0]);
        	sum += bpf_probe_read_kernel_str(text, 8, (void *)ctx->args[0]);
        	sum += bpf_probe_read_user_str(text, 8, (void *)ctx->args[0]);
        	return sum > 0;
        }

        SEC("usdt")
        int probe(void *ctx)
        {
        	return 0;
        }
        """;

    private static LoadPlan plan(ObjectSpec object, KernelFeatures features) {
        KernelInfo kernel = KernelInfo.detect();
        return LoadPlan.of(ObjectLinker.link(object, kernel.linkInputs(features)), features, kernel.machine());
    }

    private static List<LinkedProgram> programs(LoadPlan plan) {
        List<LinkedProgram> programs = new ArrayList<>();
        for (LoadStep step : plan.steps()) {
            if (step instanceof LoadStep.LoadProgram load) {
                programs.add(load.linked());
            }
        }
        return programs;
    }

    /** The probe's claim: kernels from that release on have it, and older ones do not. */
    @ParameterizedTest
    @EnumSource(Feature.class)
    void row31_theProbesFindWhatThisKernelHas(Feature feature) {
        KernelInfo kernel = KernelInfo.detect();
        assumeTrue(kernel.version() != 0, "a kernel without a version");
        String[] since = feature.since().split("\\.", -1);
        int first = Integer.parseInt(since[0]) << 16 | Integer.parseInt(since[1]) << 8;
        assertEquals(
                kernel.version() >= first ? Support.SUPPORTED : Support.UNSUPPORTED,
                kernel.features().support(feature),
                kernel.release());
    }

    @ParameterizedTest
    @EnumSource(
            value = Feature.class,
            names = {
                "OBJECT_NAMES",
                "EXPECTED_ATTACH_TYPE",
                "BTF",
                "BTF_FUNC",
                "BTF_DATASEC",
                "ARRAY_MMAP",
                "PROBE_READ_KERNEL",
                "BTF_GLOBAL_FUNC",
                "PROG_BIND_MAP",
                "BTF_FLOAT",
                "BTF_DECL_TAG",
                "BTF_TYPE_TAG",
                "BTF_ENUM64",
                "UPROBE_MULTI_LINK"
            })
    void row31_whatAnOlderKernelGetsIsNotedAndLoadsHereToo(Feature feature) {
        ObjectSpec object = Sources.object("old", EVERYTHING);
        KernelFeatures all = KernelInfo.detect().features();
        assertEquals(List.of(), plan(object, all).notes());
        LoadPlan plan = plan(object, all.without(feature));
        assertTrue(
                plan.notes().stream()
                        .anyMatch(note -> note.startsWith("this kernel lacks " + feature.words() + " (Linux ")),
                () -> feature + ": " + plan);
        assertTrue(plan.toString().contains("note: this kernel lacks"), plan::toString);
        try (LoadedObject loaded = BpfLoader.load(plan)) {
            assertTrue(loaded.notes().containsAll(plan.notes()));
            assertEquals(42, Sources.run(loaded.program("main_program")));
        }
    }

    @Test
    void row31_helpersThatAreMissingAreReplacedByTheirAncestors() {
        KernelFeatures old = KernelInfo.detect().features().without(Feature.PROBE_READ_KERNEL);
        LinkedProgram reads =
                programs(plan(Sources.object("old", EVERYTHING), old)).get(1);
        List<Integer> helpers = new ArrayList<>();
        for (int slot = 0; slot < reads.code().size(); slot++) {
            if (Slots.opcode(reads.code().slot(slot)) == 0x85) {
                helpers.add(Slots.imm(reads.code().slot(slot)));
            }
        }
        assertEquals(
                List.of(
                        Helper.PROBE_READ.id(),
                        Helper.PROBE_READ.id(),
                        Helper.PROBE_READ_STR.id(),
                        Helper.PROBE_READ_STR.id()),
                helpers);
    }

    @Test
    void row31_usdtProgramsAreForOneLinkWhereThereAreSuchLinks() {
        KernelFeatures all = KernelInfo.detect().features();
        ObjectSpec object = Sources.object("old", EVERYTHING);
        assertEquals(
                AttachType.TRACE_UPROBE_MULTI,
                programs(plan(object, KernelFeatures.ALL)).get(2).spec().attachType());
        assertEquals(
                0,
                programs(plan(object, all.without(Feature.UPROBE_MULTI_LINK)))
                        .get(2)
                        .spec()
                        .attachType()
                        .number());
    }

    @Test
    void row31_withoutGlobalVariablesOnlyProgramsThatReachOneAreRejected() {
        KernelFeatures old = KernelInfo.detect().features().without(Feature.GLOBAL_DATA);
        ObjectSpec object = Sources.object("old", EVERYTHING);
        LoadPlan rest = plan(object.only("reads", "probe"), old);
        try (LoadedObject loaded = BpfLoader.load(rest)) {
            assertEquals(2, loaded.programs().size());
        }
        VerifierException e =
                assertThrows(VerifierException.class, () -> BpfLoader.load(plan(object.only("main_program"), old)));
        assertTrue(
                e.getMessage().contains("was not created: this kernel lacks global variables (Linux 5.2)"),
                e::getMessage);
        assertTrue(e.log().reason().startsWith("invalid func unknown#2001"), e::getMessage);
    }

    @Test
    void row33_logsOfAllLevelsComeWhereTheyAreWanted() {
        ObjectSpec object = Sources.object("logged", EVERYTHING);
        List<String> told = new ArrayList<>();
        LoadOptions stats = LoadOptions.DEFAULT.withVerifierLogging(
                VerifierLogging.of(VerifierLogging.STATS).withListener((program, log) -> told.add(program)));
        try (LoadedObject loaded = BpfLoader.load(object, stats)) {
            assertTrue(loaded.verifierLog("main_program").instructions().isEmpty());
            assertTrue(loaded.verifierLog("main_program").stats().orElseThrow().instructions() > 5);
            assertEquals(List.of("main_program", "reads", "probe"), told);
        }
        LoadOptions verbose = LoadOptions.DEFAULT.withVerifierLogging(VerifierLogging.of(VerifierLogging.VERBOSE));
        try (LoadedObject loaded = BpfLoader.load(object, verbose)) {
            assertTrue(loaded.verifierLog("main_program").instructions().size() > 5);
            assertFalse(loaded.verifierLog("main_program").lastValues().isEmpty());
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(1 << 16);
            LoadOptions given = LoadOptions.DEFAULT.withVerifierLogging(
                    VerifierLogging.of(1).withBuffer(buffer));
            BpfLoader.load(object.only("probe"), given).close();
            assertTrue(buffer.getString(0).contains("processed 2 insns"), () -> buffer.getString(0));
        }
    }
}
