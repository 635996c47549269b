package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.kernel.TestRunResult;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows 14 to 17: what the kernel has to provide by name. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class ExternRowsTest {
    private static LoadedObject load(ObjectSpec spec, LinkInputs inputs) {
        KernelInfo kernel = KernelInfo.detect();
        return BpfLoader.load(LoadPlan.of(ObjectLinker.link(spec, inputs), kernel.features(), kernel.machine()));
    }

    private static final String KCONFIG = """
        extern bool CONFIG_YES __kconfig;
        extern enum libbpf_tristate CONFIG_MODULE __kconfig;
        extern char CONFIG_LETTER __kconfig;
        extern short CONFIG_SHORT __kconfig;
        extern __u64 CONFIG_LARGE __kconfig;
        extern char CONFIG_TEXT[8] __kconfig;
        extern int CONFIG_MISSING __kconfig __weak;
        extern int LINUX_KERNEL_VERSION __kconfig;
        extern int LINUX_SOMETHING __kconfig __weak;

        __u64 out[9];

        SEC("tc")
        int read(struct __sk_buff *skb)
        {
        	out[0] = CONFIG_YES;
        	out[1] = CONFIG_MODULE;
        	out[2] = CONFIG_LETTER;
        	out[3] = CONFIG_SHORT;
        	out[4] = CONFIG_LARGE;
        	out[5] = CONFIG_TEXT[1];
        	out[6] = CONFIG_MISSING;
        	out[7] = LINUX_KERNEL_VERSION;
        	out[8] = LINUX_SOMETHING;
        	return 0;
        }
        """;

    private static final Map<String, String> OPTIONS = Map.of(
            "CONFIG_YES", "y",
            "CONFIG_MODULE", "m",
            "CONFIG_LETTER", "n",
            "CONFIG_SHORT", "-77",
            "CONFIG_LARGE", "0xfedcba9876543210",
            "CONFIG_TEXT", "\"abcdefghijkl\"");

    private static List<Long> read(LoadedObject object) {
        Sources.run(object.program("read"));
        return Stream.iterate(0L, at -> at + 8)
                .limit(9)
                .map(at -> object.section(".bss").memory().get(ValueLayout.JAVA_LONG, at))
                .toList();
    }

    @Test
    void row14_kconfigOfEveryType() {
        LinkInputs inputs = KernelInfo.detect().linkInputs();
        long version = inputs.kernelVersion();
        ObjectSpec spec = Sources.object("kconfig", KCONFIG);
        try (LoadedObject object = load(spec, inputs.withKconfig(name -> Optional.ofNullable(OPTIONS.get(name))))) {
            assertEquals(
                    List.of(1L, 2L, (long) 'n', -77L, 0xfedcba9876543210L, (long) 'b', 0L, version, 0L), read(object));
        }
        for (Map.Entry<String, String> wrong :
                Map.of("CONFIG_YES", "m", "CONFIG_SHORT", "40000").entrySet()) {
            LinkInputs bad = inputs.withKconfig(
                    name -> Optional.ofNullable(name.equals(wrong.getKey()) ? wrong.getValue() : OPTIONS.get(name)));
            LinkException e = assertThrows(LinkException.class, () -> load(spec, bad));
            assertTrue(String.valueOf(e.getMessage()).contains(wrong.getKey()), e::getMessage);
        }
    }

    @Test
    void row14_kconfigOfThisKernel() throws IOException {
        Optional<String> hz = KernelInfo.detect().kconfig("CONFIG_HZ");
        assumeTrue(hz.isPresent(), "this kernel shows its configuration nowhere (/proc/config.gz, /boot/config-…)");
        assertTrue(Files.exists(Path.of("/proc/version")));
        String source = """
            extern int CONFIG_HZ __kconfig;

            SEC("tc")
            int hertz(struct __sk_buff *skb)
            {
            	return CONFIG_HZ;
            }
            """;
        try (LoadedObject object = Sources.load("hertz", source)) {
            assertEquals(Integer.parseInt(hz.get()), Sources.run(object.program("hertz")));
        }
    }

    private static Optional<String> symbol(String name) throws IOException {
        try (Stream<String> symbols = Files.lines(Path.of("/proc/kallsyms"))) {
            return symbols.filter(symbol -> symbol.endsWith(" " + name))
                    .findFirst()
                    .map(line -> line.substring(0, line.indexOf(' ')));
        }
    }

    @Test
    void row15_addressOfASymbolWithoutType() throws IOException {
        String source = """
            extern const void bpf_prog_put __ksym;

            __u64 address;

            SEC("tc")
            int tell(void *ctx)
            {
            	address = (__u64)&bpf_prog_put;
            	return 0;
            }
            """;
        try (LoadedObject object = Sources.load("symbol", source)) {
            Sources.run(object.program("tell"));
            long address = object.variable("address", Codecs.LONG).get();
            assertEquals(symbol("bpf_prog_put").orElseThrow(), String.format(Locale.ROOT, "%016x", address));
        }
    }

    @Test
    void row15_variableOfEachCpu() throws IOException {
        assumeTrue(symbol("runqueues").isPresent(), "needs a kernel that lists its variables (CONFIG_KALLSYMS_ALL)");
        String source = """
            struct rq {
            	int cpu;
            } __attribute__((preserve_access_index));

            extern const struct rq runqueues __ksym;

            SEC("raw_tp/sched_switch")
            int cpu_of(void *ctx)
            {
            	struct rq *rq = bpf_per_cpu_ptr(&runqueues, 1);

            	return rq ? rq->cpu : -1;
            }
            """;
        try (LoadedObject object = Sources.load("symbols", source)) {
            int cpus = KernelInfo.detect().possibleCpus();
            TestRunResult result = object.program("cpu_of").testRun(TestRun.onContext(new byte[16]));
            assertEquals(cpus > 1 ? 1 : -1, result.returnValue());
        }
    }

    @Test
    void row16_weakExternsThatAreMissing() {
        String source = """
            extern const int no_such_variable __ksym __weak;
            extern const void no_such_symbol __ksym __weak;
            extern int CONFIG_NO_SUCH_OPTION __kconfig __weak;
            extern int no_such_function(int x) __ksym __weak;

            SEC("tc")
            int all(struct __sk_buff *skb)
            {
            	if (&no_such_variable)
            		return *(volatile int *)&no_such_variable;
            	if (no_such_function)
            		return no_such_function(3);
            	return 10 + (&no_such_symbol != 0) + CONFIG_NO_SUCH_OPTION;
            }
            """;
        try (LoadedObject object = Sources.load("weak", source)) {
            assertEquals(10, Sources.run(object.program("all")));
        }
        String strong = source.replace(" __ksym __weak", " __ksym").replace("&no_such_symbol != 0", "0");
        LinkException e = assertThrows(LinkException.class, () -> Sources.load("strong", strong));
        assertTrue(String.valueOf(e.getMessage()).contains("no_such_"), e::getMessage);
    }

    @Test
    void row16_weakFunctionsThatAreMissingOrOthersAreZero() {
        assumeFunction("bpf_rdonly_cast", "6.2");
        String source = """
            extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __weak __ksym;
            extern int bpf_no_such_kfunc(int x) __weak __ksym;
            extern int bpf_rdonly_cast___other(int x) __weak __ksym;

            SEC("tc")
            int present(struct __sk_buff *skb)
            {
            	int found = 0;

            	if (bpf_rdonly_cast)
            		found |= 1;
            	if (bpf_no_such_kfunc)
            		found |= bpf_no_such_kfunc(2) | 2;
            	if (bpf_rdonly_cast___other)
            		found |= bpf_rdonly_cast___other(4) | 4;
            	return found;
            }
            """;
        try (LoadedObject object = Sources.load("weak", source)) {
            assertEquals(1, Sources.run(object.program("present")));
        }
    }

    private static void assumeFunction(String name, String version) {
        assumeTrue(
                KernelInfo.detect()
                        .btf()
                        .orElseThrow()
                        .find(name, BtfType.Func.class)
                        .isPresent(),
                "needs Linux " + version + " for the kfunc " + name);
    }

    @Test
    void row17_functionsOfTheKernel() {
        String source = """
            struct bpf_dynptr {
            	__u64 opaque[2];
            } __attribute__((aligned(8)));

            extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags, struct bpf_dynptr *ptr) __ksym;
            extern __u32 bpf_dynptr_size(const struct bpf_dynptr *ptr) __ksym;

            SEC("tc")
            int size(struct __sk_buff *skb)
            {
            	struct bpf_dynptr ptr;

            	if (bpf_dynptr_from_skb(skb, 0, &ptr))
            		return -1;
            	return bpf_dynptr_size(&ptr);
            }
            """;
        assumeFunction("bpf_dynptr_size", "6.5");
        try (LoadedObject object = Sources.load("kfunc", source)) {
            assertEquals(Sources.PACKET.length, Sources.run(object.program("size")));
        }
    }
}
