package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.ProgramDump;
import dev.ebpf4j.maps.BpfArray;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows 18 to 20 and 30: functions of a program, and code that this kernel can't serve. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class CodeRowsTest {
    private static final String CALLS = """
        int noise;

        static __noinline int a(int x) { return x + 1 + noise; }
        static __noinline int b(int x) { return a(x) * 2 + noise; }
        __noinline int c(int x) { return x * 10 + noise; }
        static __noinline int d(int x) { return b(x) + c(x) + noise; }
        __hidden __noinline int e(int x) { return d(x) + a(x) + noise; }

        SEC("tc")
        int first(struct __sk_buff *skb)
        {
        	return e(skb->len);
        }

        SEC("xdp")
        int second(struct xdp_md *ctx)
        {
        	return b(3) + e(2);
        }
        """;

    private static int a(int x) {
        return x + 1;
    }

    private static int b(int x) {
        return a(x) * 2;
    }

    private static int e(int x) {
        return b(x) + x * 10 + a(x);
    }

    @Test
    void row18_aGraphOfCallsSharedByTwoPrograms() {
        try (LoadedObject object = Sources.load("calls", CALLS)) {
            assertEquals(e(64), Sources.run(object.program("first")));
            assertEquals(b(3) + e(2), Sources.run(object.program("second")));
            for (String name : List.of("first", "second")) {
                ProgramDump dump = object.program(name).dump();
                Set<String> functions = dump.functions().stream()
                        .map(ProgramDump.Function::name)
                        .collect(Collectors.toCollection(TreeSet::new));
                assertEquals(new TreeSet<>(Set.of("a", "b", "c", "d", "e", name)), functions);
                for (ProgramDump.Function function : dump.functions()) {
                    ProgramDump.Line line = dump.lines().stream()
                            .filter(candidate -> candidate.slot() == function.slot())
                            .findFirst()
                            .orElseThrow();
                    int defined = lineOf("int " + function.name() + "(");
                    assertTrue(line.line() >= defined && line.line() <= defined + 2, () -> function + " " + line);
                }
            }
        }
    }

    /** Number of the first line of the source with this text; an include stands above it. */
    private static int lineOf(String text) {
        List<String> lines = CALLS.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return i + 2;
            }
        }
        throw new AssertionError(text);
    }

    @Test
    void row18_theLogNamesTheLineInASubprogram() {
        ObjectSpec object = Sources.object("deep", """
            static __noinline int inner(long x)
            {
            	return *(int *)x; /* here */
            }

            static __noinline int outer(long x)
            {
            	return inner(x) + 1;
            }

            SEC("tc")
            int entry(struct __sk_buff *skb)
            {
            	return outer(skb->len) + 1;
            }
            """);
        VerifierException e = assertThrows(VerifierException.class, () -> BpfLoader.load(object));
        assertTrue(e.getMessage().contains("deep.bpf.c:4: return *(int *)x; /* here */"), e::getMessage);
    }

    @Test
    void row19_pointersToFunctions() {
        String source = """
            struct {
            	__uint(type, BPF_MAP_TYPE_ARRAY);
            	__uint(max_entries, 3);
            	__type(key, __u32);
            	__type(value, __u32);
            } values SEC(".maps");

            struct sum {
            	int total;
            };

            static long add(void *map, __u32 *key, __u32 *value, struct sum *sum)
            {
            	sum->total += *value;
            	return 0;
            }

            static long count(__u32 index, struct sum *sum)
            {
            	sum->total += index;
            	return index == 5;
            }

            SEC("tc")
            int each(struct __sk_buff *skb)
            {
            	struct sum sum = {};

            	bpf_for_each_map_elem(&values, add, &sum, 0);
            	return sum.total;
            }

            SEC("tc")
            int loop(struct __sk_buff *skb)
            {
            	struct sum sum = {};

            	return bpf_loop(100, count, &sum, 0) * 1000 + sum.total;
            }
            """;
        try (LoadedObject object = Sources.load("callbacks", source)) {
            BpfArray<Integer> values = BpfArray.of(object.map("values"), Codecs.INT);
            for (int i = 0; i < 3; i++) {
                values.update(i, 7 + i);
            }
            assertEquals(24, Sources.run(object.program("each")));
            assertEquals(6 * 1000 + 15, Sources.run(object.program("loop")));
        }
    }

    @Test
    void row20_exceptionsReachTheirCallback() {
        String source = """
            extern void bpf_throw(__u64 cookie) __ksym;

            static __noinline int more(int x)
            {
            	return x + 5;
            }

            __noinline int caught(__u64 cookie)
            {
            	return more(cookie);
            }

            static __noinline int check(int x)
            {
            	if (x == 3)
            		bpf_throw(100);
            	return x;
            }

            SEC("tc")
            __attribute__((btf_decl_tag("exception_callback:caught")))
            int with_callback(struct __sk_buff *skb)
            {
            	return check(skb->mark) + 1;
            }

            SEC("tc")
            int without(struct __sk_buff *skb)
            {
            	return check(skb->mark) + 1;
            }
            """;
        assumeTrue(
                KernelInfo.detect()
                        .btf()
                        .orElseThrow()
                        .find("bpf_throw", BtfType.Func.class)
                        .isPresent(),
                "needs Linux 6.7 for the kfunc bpf_throw");
        try (LoadedObject object = Sources.load("throws", source)) {
            assertEquals(
                    3,
                    object.program("with_callback").testRun(Sources.marked(2)).returnValue());
            assertEquals(
                    105,
                    object.program("with_callback").testRun(Sources.marked(3)).returnValue());
            assertEquals(
                    100, object.program("without").testRun(Sources.marked(3)).returnValue());
        }
    }

    @Test
    void row30_poisonSaysWhatIsMissing() {
        ObjectSpec object = Sources.object("poison", """
            struct task_struct {
            	int no_such_field;
            } __attribute__((preserve_access_index));

            SEC("tp_btf/sched_process_exit")
            int use(__u64 *ctx)
            {
            	return ((struct task_struct *)ctx[0])->no_such_field;
            }
            """);
        VerifierException e = assertThrows(VerifierException.class, () -> BpfLoader.load(object));
        for (String part : List.of("struct task_struct", "no_such_field", "FIELD_BYTE_OFFSET", "poison.bpf.c:9")) {
            assertTrue(e.getMessage().contains(part), e::getMessage);
        }
    }
}
