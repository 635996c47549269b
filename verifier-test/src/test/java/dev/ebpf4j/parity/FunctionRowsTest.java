package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows 16, 17, 20 and 21: functions of the kernel, functions that the kernel calls, and what they are given. */
@RequiresBpf(btf = true)
@ExtendWith(LeakCheck.class)
class FunctionRowsTest {
    private static final String THROW = """
        extern void bpf_throw(__u64 cookie) __ksym;

        __u64 seen = 0;

        static __noinline int add(int x) { return x + 1; }

        __noinline int caught(__u64 cookie)
        {
        	seen = cookie;
        	return add(cookie);
        }

        static __noinline int deep(int x)
        {
        	if (x > 60)
        		bpf_throw(40 + x - 64);
        	return 0;
        }

        SEC("tc")
        __attribute__((btf_decl_tag("exception_callback:caught")))
        int throwing(struct __sk_buff *skb)
        {
        	deep(skb->len);
        	return 7;
        }

        SEC("tc")
        int calm(struct __sk_buff *skb)
        {
        	return 7;
        }
        """;

    @Test
    void row20_aThrowReachesTheCallback() {
        assumeTrue(has("bpf_throw"), "this kernel has no bpf_throw (Linux 6.7)");
        try (LoadedObject object = Sources.load("throw", THROW)) {
            assertEquals(41, Sources.run(object.program("throwing")), "what the callback returned");
            assertEquals(7, Sources.run(object.program("calm")));
        }
    }

    private static boolean has(String function) {
        Btf kernel = KernelInfo.detect().btf().orElseThrow();
        return kernel.find(function, BtfType.Func.class).isPresent();
    }

    private static final String CONTEXT = """
        #define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))

        __noinline int length(void *ctx __arg_ctx, int more)
        {
        	struct __sk_buff *skb = ctx;

        	return skb->len + more;
        }

        SEC("tc")
        int of_tc(struct __sk_buff *skb)
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
        """;

    @Test
    void row21_contextsOfGlobalFunctionsWithoutTheTag() {
        ObjectSpec spec = Sources.object("context", CONTEXT);
        KernelInfo kernel = KernelInfo.detect();
        LinkedObject linked = ObjectLinker.link(spec, kernel.linkInputs());
        // without the declaration tags too, which a kernel that knows them would heed
        LoadPlan plan = LoadPlan.of(
                linked, kernel.features().without(Feature.ARG_CTX_TAG, Feature.BTF_DECL_TAG), kernel.machine());
        try (LoadedObject object = BpfLoader.load(plan)) {
            assertEquals(66, Sources.run(object.program("of_tc")));
            assertEquals(64, Sources.run(object.program("of_xdp")));
        }
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals(66, Sources.run(object.program("of_tc")), "with the tag");
        }
    }

    private static final String WEAK = """
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

    @Test
    void row16_weakFunctionsThatAreMissingOrOthersAreZero() {
        assumeTrue(has("bpf_rdonly_cast"), "this kernel has no bpf_rdonly_cast (Linux 6.2)");
        try (LoadedObject object = Sources.load("weak", WEAK)) {
            assertEquals(1, Sources.run(object.program("present")));
        }
    }

    private static final String CALLED = """
        struct task_struct {};
        extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
        extern void bpf_task_release(struct task_struct *p) __ksym;

        SEC("syscall")
        int find(void *ctx)
        {
        	struct task_struct *task = bpf_task_from_pid(1);

        	if (!task)
        		return 1;
        	bpf_task_release(task);
        	return 2;
        }
        """;

    /** Of modules, on a kernel that has some: see {@code ModuleBtfsTest}, which has a scripted one. */
    @Test
    void row17_kernelFunctionsAreCalled() {
        assumeTrue(has("bpf_task_from_pid"), "this kernel has no bpf_task_from_pid (Linux 6.2)");
        try (LoadedObject object = Sources.load("called", CALLED)) {
            int result = object.program("find").testRun(TestRun.empty()).returnValue();
            assertTrue(result == 1 || result == 2, "" + result);
        }
    }

    private static final String STATIC_CALLS = """
        static __noinline int first(int x) { return x + 1; }
        static __noinline int second(int x) { return x * 3; }

        static int each(__u32 index, void *ctx)
        {
        	*(int *)ctx += second(index);
        	return 0;
        }

        static int other(__u32 index, void *ctx)
        {
        	*(int *)ctx += first(index);
        	return 0;
        }

        SEC("tc")
        int calls(struct __sk_buff *skb)
        {
        	int sum = second(skb->len);

        	bpf_loop(4, each, &sum, 0);
        	bpf_loop(2, other, &sum, 0);
        	return sum;
        }
        """;

    @Test
    @DisplayName("trap 21: static functions are called through their section's symbol")
    void staticFunctionsThroughTheSymbolOfTheirSection() {
        assumeTrue(KernelInfo.detect().version() >= 0x051100, "bpf_loop needs Linux 5.17");
        try (LoadedObject object = Sources.load("calls", STATIC_CALLS)) {
            assertEquals(64 * 3 + 18 + 3, Sources.run(object.program("calls")));
        }
    }
}
