package dev.ebpf4j.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.attach.TracingRawTp;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.ProgramInfo;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole line on the real kernel: an object made by hand, linked, planned, loaded, attached, and its events received. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class LineTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    static List<Arguments> hooks() {
        return List.of(
                Arguments.of(
                        ProgramType.RAW_TRACEPOINT,
                        AttachType.of(0),
                        "sched_process_exec",
                        new RawTracepoint("sched_process_exec"),
                        Link.Mechanism.RAW_TRACEPOINT_OPEN),
                Arguments.of(
                        ProgramType.TRACEPOINT,
                        AttachType.of(0),
                        "sched/sched_process_exec",
                        new Tracepoint("sched", "sched_process_exec"),
                        Link.Mechanism.BPF_LINK),
                Arguments.of(
                        ProgramType.TRACING,
                        AttachType.TRACE_RAW_TP,
                        "sched_process_exec",
                        new TracingRawTp(),
                        Link.Mechanism.BPF_LINK));
    }

    @ParameterizedTest
    @MethodSource("hooks")
    void eventsArriveUntilTheLinkIsClosed(
            ProgramType type, AttachType attachType, String attachTo, AttachTarget target, Link.Mechanism mechanism)
            throws IOException, InterruptedException {
        ProgramSpec program = Objects.program("on_exec", type, attachType, attachTo, Objects.sendPid());
        try (LoadedObject object = BpfLoader.load(Objects.object(List.of(Objects.EVENTS), program));
                RingBuffer ring = RingBuffer.open(object.map("events"))) {
            Link link = object.program("on_exec").attach();
            assertEquals(target, link.target());
            assertEquals(mechanism, link.mechanism());
            assertTrue(link.id().orElseThrow() > 0);
            long first = runTrue();
            assertTrue(receives(ring, first), "exec of process " + first);
            link.close();
            ring.consume(event -> {});
            long second = runTrue();
            assertFalse(drain(ring).contains(second), "the program is detached");
        }
    }

    /** Runs a process that ends at once; it has executed its file when this returns. */
    private static long runTrue() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("true").start();
        assertEquals(0, process.waitFor());
        return process.pid();
    }

    private static boolean receives(RingBuffer ring, long pid) {
        Set<Long> seen = new HashSet<>();
        long end = System.nanoTime() + LONG.toNanos();
        while (!seen.contains(pid) && System.nanoTime() < end) {
            ring.poll(Duration.ofMillis(200), event -> seen.add(event.getLong(0)));
        }
        return seen.contains(pid);
    }

    private static Set<Long> drain(RingBuffer ring) {
        Set<Long> seen = new HashSet<>();
        ring.consume(event -> seen.add(event.getLong(0)));
        return seen;
    }

    @Test
    void aProgramWorksAtSeveralPlacesAndClosingTheObjectDetachesIt() throws IOException, InterruptedException {
        ProgramSpec program = Objects.program("any", ProgramType.TRACEPOINT, AttachType.of(0), "", Objects.sendPid());
        Link left;
        try (LoadedObject object = BpfLoader.load(Objects.object(List.of(Objects.EVENTS), program));
                RingBuffer ring = RingBuffer.open(object.map("events"))) {
            Program any = object.program("any");
            try (Link exec = any.attach(new Tracepoint("sched", "sched_process_exec"))) {
                left = any.attach(new Tracepoint("sched", "sched_process_exit"));
                assertTrue(exec.isOpen());
                assertTrue(receives(ring, runTrue()));
            }
            assertTrue(receives(ring, runTrue()), "the exit is still seen");
            assertThrows(IllegalStateException.class, any::attach);
            assertThrows(IllegalArgumentException.class, () -> any.attach(new RawTracepoint("sched_switch")));
            BpfException twice =
                    assertThrows(BpfException.class, () -> any.attach(new Tracepoint("sched", "sched_process_exit")));
            assertTrue(twice.errno().is(Errno.EEXIST), twice::getMessage);
        }
        assertFalse(left.isOpen());
    }

    @Test
    void globalVariablesAreSharedWithTheProgram() throws IOException, InterruptedException {
        GlobalVariable<Long> shared;
        try (LoadedObject object = BpfLoader.load(Objects.countHits().withVariable("hits", 1000L))) {
            GlobalVariable<Long> hits = object.variable("hits", Codecs.LONG);
            assertEquals(1000, hits.get());
            object.attachAll();
            runTrue();
            assertTrue(hits.get() > 1000, () -> hits.get() + " hits");
            hits.set(Long.MIN_VALUE);
            runTrue();
            assertTrue(hits.get() > Long.MIN_VALUE && hits.get() < 0);
            assertThrows(MissingObjectException.class, () -> object.variable("misses", Codecs.LONG));
            shared = hits;
        }
        assertThrows(IllegalStateException.class, shared::get);
    }

    @Test
    void namesThatDoNotExistAreMetWithCloseOnes() {
        ProgramSpec program = Objects.program("any", ProgramType.TRACEPOINT, AttachType.of(0), "", Objects.sendPid());
        try (LoadedObject object = BpfLoader.load(Objects.object(List.of(Objects.EVENTS), program))) {
            BpfException e = assertThrows(
                    BpfException.class,
                    () -> object.program("any").attach(new Tracepoint("sched", "sched_proces_exec")));
            assertTrue(e.getMessage().contains("close names: sched:sched_process_exec"), e::getMessage);
            assertThrows(MissingObjectException.class, () -> object.program("some"));
        }
    }

    @Test
    void infoIsTheKernelsView() {
        ProgramInfo info = Verdicts.assertLoads(Objects.object(
                        List.of(Objects.EVENTS), Objects.rawTracepoint("a_name_of_more_than_15", Objects.sendPid())))
                .getFirst();
        assertEquals(ProgramType.RAW_TRACEPOINT, info.type());
        assertEquals("a_name_of_more_", info.name());
        assertEquals(16, info.tag().length());
        assertEquals(1, info.mapIds().size());
        assertEquals(info.xlatedLength(), info.xlated().size() * 8);
    }

    @Test
    void onePlanGivesEqualObjects() {
        KernelInfo kernel = KernelInfo.detect();
        ObjectSpec spec = Objects.object(
                List.of(Objects.EVENTS, Objects.COUNTS),
                Objects.rawTracepoint("send", Objects.sendPid()),
                Objects.rawTracepoint("look", Objects.lookUp(true)));
        LinkedObject linked = ObjectLinker.link(spec, kernel.linkInputs());
        LoadPlan plan = LoadPlan.of(linked, kernel.features(), kernel.machine());
        try (LoadedObject one = BpfLoader.load(plan);
                LoadedObject two = BpfLoader.load(plan)) {
            for (Program program : one.programs()) {
                ProgramInfo other = two.program(program.name()).info();
                assertEquals(program.info().tag(), other.tag());
                assertTrue(program.info().id() != other.id());
            }
        }
    }
}
