package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.clang.VmlinuxHeader;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Row 76: the kernel's types in C and in Java have the layout that the kernel gave them. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class BtfRowsTest {
    /** A struct with the paddings that C puts into it. */
    public record Event(byte kind, int pid, short port, long time) {}

    @Test
    void row76_vmlinuxHeaderCompilesAndHasTheKernelsOffsets() {
        assumeTrue(VmlinuxHeader.ofRunningKernel().isPresent(), "needs a kernel with BTF");
        Btf kernel = KernelInfo.detect().btf().orElseThrow();
        List<String> checks = new ArrayList<>();
        for (int id = 1; id < kernel.typeCount(); id += 31) {
            if (kernel.kind(id) == BtfKind.STRUCT && kernel.findAll(kernel.name(id)).length == 1) {
                check((BtfType.Struct) kernel.type(id), checks);
            }
        }
        assertTrue(checks.size() > 400, () -> checks.size() + " members");
        CompileRequest.Builder request = CompileRequest.of(
                "offsets.bpf.c",
                "#include \"vmlinux.h\"\n" + String.join("\n", checks) + "\nint compiled __attribute__((used));\n");
        assertTrue(Sources.compile(request).length > 0);
    }

    private static void check(BtfType.Struct type, List<String> checks) {
        checks.add("_Static_assert(sizeof(struct " + type.name() + ") == " + type.size() + ", \"\");");
        for (BtfType.Member member : type.members()) {
            if (!member.name().isEmpty() && member.bitfieldSize() == 0) {
                checks.add("_Static_assert(__builtin_offsetof(struct " + type.name() + ", " + member.name() + ") == "
                        + member.bitOffset() / 8 + ", \"\");");
            }
        }
    }

    @Test
    void row76_recordsHaveTheLayoutOfTheirStruct() {
        ObjectSpec spec = Sources.object("layout", """
            struct event {
            	char kind;
            	int pid;
            	short port;
            	long time;
            } event = {1, 2, 3, 4};

            SEC("tc")
            int change(struct __sk_buff *skb)
            {
            	event.pid *= 10;
            	event.time = -5;
            	return sizeof(event);
            }
            """);
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals(24, Sources.run(object.program("change")));
            GlobalVariable<Event> event = object.variable("event", Codecs.record(Event.class));
            assertEquals(new Event((byte) 1, 20, (short) 3, -5), event.get());
        }
    }
}
