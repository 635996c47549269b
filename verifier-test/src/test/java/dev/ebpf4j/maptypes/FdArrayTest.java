package dev.ebpf4j.maptypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.maps.FdArray;
import dev.ebpf4j.maps.KernelFd;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T8 and T14: arrays of programs and of cgroups, set by descriptors. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class FdArrayTest {
    private static final String PROGRAMS = """
        #define ARRAY(name, kind)                                                                                  \\
        	struct {                                                                                           \\
        		__uint(type, kind);                                                                        \\
        		__uint(max_entries, 4);                                                                    \\
        		__uint(key_size, 4);                                                                       \\
        		__uint(value_size, 4);                                                                     \\
        	} name SEC(".maps")

        ARRAY(jumps, BPF_MAP_TYPE_PROG_ARRAY);
        ARRAY(cgroups, BPF_MAP_TYPE_CGROUP_ARRAY);

        struct {
        	__uint(type, BPF_MAP_TYPE_HASH);
        	__uint(max_entries, 10000);
        	__type(key, __u32);
        	__type(value, __s32);
        } under SEC(".maps");

        int calls;

        SEC("tc")
        int first(struct __sk_buff *skb)
        {
        	calls = 1;
        	bpf_tail_call(skb, &jumps, 1);
        	return 1;
        }

        SEC("tc")
        int second(struct __sk_buff *skb)
        {
        	calls++;
        	bpf_tail_call(skb, &jumps, 2);
        	return 2;
        }

        SEC("tc")
        int third(struct __sk_buff *skb)
        {
        	calls++;
        	return 3;
        }

        SEC("tc")
        int itself(struct __sk_buff *skb)
        {
        	calls++;
        	bpf_tail_call(skb, &jumps, 3);
        	return 4;
        }

        SEC("raw_tp/sched_process_exec")
        int exec(void *ctx)
        {
        	__u32 pid = bpf_get_current_pid_tgid() >> 32;
        	__s32 result = bpf_current_task_under_cgroup(&cgroups, 1);

        	bpf_map_update_elem(&under, &pid, &result, BPF_ANY);
        	return 0;
        }
        """;

    private static LoadedObject object;

    @BeforeAll
    static void load() {
        object = Sources.load("fd_arrays", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    private static int calls() {
        return object.variable("calls", Codecs.INT).get();
    }

    @Test
    void tailCallsAreTakenAfterSetAndNotAfterDelete() {
        FdArray jumps = FdArray.of(object.map("jumps"));
        Program first = object.program("first");
        assertEquals(1, Sources.run(first));
        jumps.update(1, object.program("second").fd());
        assertEquals(2, Sources.run(first));
        jumps.update(2, object.program("third").fd());
        assertEquals(3, Sources.run(first));
        assertEquals(3, calls());
        assertEquals(OptionalInt.of(object.program("third").info().id()), jumps.id(2));
        assertEquals(OptionalInt.empty(), jumps.id(0));
        assertTrue(jumps.delete(1));
        assertFalse(jumps.delete(1));
        assertEquals(1, Sources.run(first));
        assertThrows(IndexOutOfBoundsException.class, () -> jumps.delete(4));
        BpfException e = assertThrows(
                BpfException.class, () -> jumps.update(0, object.program("exec").fd()));
        assertTrue(e.errno().is(Errno.EINVAL), "a program of another type: " + e.getMessage());
    }

    @Test
    void aProgramThatCallsItselfStopsAfter33Calls() {
        FdArray jumps = FdArray.of(object.map("jumps"));
        jumps.update(3, object.program("itself").fd());
        object.variable("calls", Codecs.INT).set(0);
        assertEquals(4, Sources.run(object.program("itself")));
        assertEquals(1 + 33, calls());
    }

    @Test
    void childrenAreUnderACgroupOrNot() throws IOException, InterruptedException {
        FdArray cgroups = FdArray.of(object.map("cgroups"));
        BpfHashMap<Integer, Integer> under = BpfHashMap.of(object.map("under"), Codecs.INT, Codecs.INT);
        try (TestCgroup cgroup = TestCgroup.create("ebpf4j-array");
                Link _ = object.program("exec").attach()) {
            try (KernelFd fd = KernelFd.path(cgroup.directory())) {
                cgroups.update(1, fd.fd());
            }
            assertEquals(1, under.lookup(cgroup.runInside()));
            Process outside = new ProcessBuilder("true").start();
            assertEquals(0, outside.waitFor());
            assertEquals(0, under.lookup((int) outside.pid()));
            assertTrue(cgroups.delete(1));
            Integer empty = under.lookup(cgroup.runInside());
            assertTrue(empty != null && empty < 0, () -> "no cgroup: " + empty);
            BpfException e = assertThrows(BpfException.class, () -> cgroups.id(1));
            assertTrue(e.errno().is(524), e::getMessage);
        }
    }
}
