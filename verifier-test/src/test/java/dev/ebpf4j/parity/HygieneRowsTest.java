package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.KernelResources;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Row 85: what fails leaves nothing behind. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class HygieneRowsTest {
    private static final int TIMES = 1000;

    @Test
    void row85_aThousandFailedLoadsLeaveNothing() {
        ObjectSpec object = Sources.object("failing", """
            struct {
            	__uint(type, BPF_MAP_TYPE_ARRAY);
            	__uint(max_entries, 1);
            	__type(key, __u32);
            	__type(value, __u64);
            } values SEC(".maps");

            const volatile int limit = 3;
            int seen;

            SEC("tc")
            int good(struct __sk_buff *skb)
            {
            	__u32 key = 0;

            	seen = limit;
            	return bpf_map_lookup_elem(&values, &key) != 0;
            }

            SEC("tc")
            int wrong(struct __sk_buff *skb)
            {
            	return *(int *)(long)skb->len;
            }
            """);
        KernelInfo kernel = KernelInfo.detect();
        LoadPlan plan =
                LoadPlan.of(ObjectLinker.link(object, kernel.linkInputs()), kernel.features(), kernel.machine());
        KernelResources before = KernelResources.now();
        for (int i = 0; i < TIMES; i++) {
            assertThrows(VerifierException.class, () -> BpfLoader.load(plan));
        }
        assertEquals(List.of(), KernelResources.now().since(before));
    }
}
