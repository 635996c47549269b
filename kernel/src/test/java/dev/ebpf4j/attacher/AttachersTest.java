package dev.ebpf4j.attacher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.attach.TracingRawTp;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Ways to attach, and to fall back, on a kernel made of a script. */
class AttachersTest {
    private static final Tracepoint SWITCH = new Tracepoint("sched", "sched_switch");

    private final ScriptedSys sys = new ScriptedSys()
            .withFile("/proc/self/mountinfo", new byte[0])
            .withFile("available_events", "sched:sched_switch\nsched:sched_wakeup\n".getBytes(UTF_8))
            .withFile("events/sched/sched_switch/id", "317\n".getBytes(UTF_8));

    private Link attach(AttachTarget target) {
        return Attachers.attach(new AttachRequest(sys, 1000, "p", target));
    }

    private List<String> names() {
        return sys.calls().stream().map(ScriptedSys.Call::name).toList();
    }

    @Test
    void aTracepointIsReachedThroughAnUnseenMountAndHeldByALink() {
        try (Link link = attach(SWITCH)) {
            assertEquals(Link.Mechanism.BPF_LINK, link.mechanism());
            assertEquals(2, sys.leaks().size(), "the event and the link; tracefs is closed again");
            assertTrue(names().contains("fsopen:tracefs"));
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void tracefsIsUsedWhereItIsMounted() {
        sys.withFile("/proc/self/mountinfo", "30 20 0:12 / /t\\040x rw - tracefs tracefs rw\n".getBytes(UTF_8))
                .withFile("/t x", new byte[0]);
        attach(SWITCH).close();
        assertFalse(names().contains("fsopen:tracefs"));
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void mountsAreFoundInTheKernelsOrderTracefsFirst() {
        assertEquals(List.of("/sys/kernel/tracing", "/sys/kernel/debug/tracing"), Tracefs.mountPoints("""
            22 1 0:7 / /sys/kernel/debug rw,nosuid shared:12 - debugfs debugfs rw
            23 1 0:11 / /sys/kernel/tracing rw - tracefs tracefs rw
            24 1 0:11 /events /elsewhere rw - tracefs tracefs rw
            25 1 8:1 / / rw - ext4 /dev/vda rw
            broken
            """));
    }

    @Test
    @DisplayName("trap 37: a kernel without links to perf events takes the program by ioctl")
    void aKernelWithoutPerfLinksTakesTheProgramByIoctl() {
        sys.onBpf(Cmd.BPF_LINK_CREATE, attr -> -Errno.EINVAL);
        Link link = attach(SWITCH);
        assertEquals(Link.Mechanism.PERF_EVENT_IOCTL, link.mechanism());
        assertTrue(link.id().isEmpty());
        link.close();
        link.close();
        assertEquals(Set.of(), sys.leaks());
        assertEquals(
                List.of(PerfEventLink.SET_BPF, PerfEventLink.ENABLE, PerfEventLink.DISABLE),
                sys.calls().stream()
                        .filter(call -> call.name().equals("ioctl"))
                        .map(call -> call.arguments().get(1))
                        .toList());
    }

    @Test
    @DisplayName("trap 37: a kernel without links for tp_btf takes the older command")
    void tpBtfFallsBackToTheOlderCommand() {
        assertEquals(Link.Mechanism.BPF_LINK, attach(new TracingRawTp()).mechanism());
        sys.onBpf(Cmd.BPF_LINK_CREATE, attr -> -Errno.EINVAL);
        Link link = attach(new TracingRawTp());
        assertEquals(Link.Mechanism.RAW_TRACEPOINT_OPEN, link.mechanism());
    }

    @Test
    void otherErrorsAreNoReasonToFallBack() {
        sys.onBpf(Cmd.BPF_LINK_CREATE, attr -> -Errno.EBUSY);
        assertThrows(BpfException.class, () -> attach(new TracingRawTp()));
        assertFalse(names().contains("bpf:" + Cmd.BPF_RAW_TRACEPOINT_OPEN));
        assertThrows(BpfException.class, () -> attach(SWITCH));
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aWrongNameGetsCloseOnes() {
        BpfException e = assertThrows(BpfException.class, () -> attach(new Tracepoint("sched", "sched_swich")));
        assertTrue(e.getMessage().contains("no such tracepoint; close names: sched:sched_switch"), e::getMessage);
        sys.onBpf(Cmd.BPF_RAW_TRACEPOINT_OPEN, attr -> -Errno.ENOENT);
        BpfException raw = assertThrows(BpfException.class, () -> attach(new RawTracepoint("sched_wakup")));
        assertTrue(raw.getMessage().contains("close names: sched_wakeup"), raw::getMessage);
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void everyFailureLeavesNothing() {
        attach(SWITCH).close();
        int calls = sys.count();
        for (int call = 1; call <= calls; call++) {
            int next = sys.count() + call;
            sys.failAt(next, Errno.ENOMEM);
            try (Link link = attach(SWITCH)) {
                assertTrue(link.isOpen()); // the info of a link or a mount list may be missing
            } catch (BpfException e) {
                assertTrue(e.getMessage().startsWith("can't attach program 'p' to tracepoint sched/sched_switch"));
            }
            assertEquals(Set.of(), sys.leaks(), "after failure of call " + call);
        }
    }

    @Test
    void noWayToTracefsSaysHowToMountIt() {
        for (int call = 1; call < 5; call++) {
            sys.failAt(call, Errno.ENOSYS);
        }
        BpfException e = assertThrows(BpfException.class, () -> attach(SWITCH));
        assertTrue(e.getMessage().contains("mount -t tracefs"), e::getMessage);
    }
}
