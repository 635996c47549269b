package dev.ebpf4j.errors;

import static dev.ebpf4j.errors.Messages.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.attach.TracingRawTp;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.lang.foreign.Arena;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a user reads who attaches to the wrong place, or uses what is closed. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class AttachErrorsTest {
    @Test
    void tracepointsThatDoNotExist() {
        try (LoadedObject object = BpfLoader.load(Sources.good())) {
            BpfException e = assertFails(
                    BpfException.class,
                    """
                    can't attach program 'on_exec' to tracepoint sched/sched_process_exce: ENOENT (No such file or directory)
                      this kernel has no such tracepoint; close names: sched:sched_process_exec, …
                    """,
                    () -> object.program("on_exec").attach(new Tracepoint("sched", "sched_process_exce")));
            assertTrue(e.errno().is(Errno.ENOENT));
            assertFails(
                    BpfException.class,
                    """
                    can't attach program 'on_exec' to tracepoint shced/sched_process_exec: ENOENT (No such file or directory)
                      this kernel has no such tracepoint; close names: sched:sched_process_exec, …
                    """,
                    () -> object.program("on_exec").attach(new Tracepoint("shced", "sched_process_exec")));
            assertFails(
                    BpfException.class,
                    """
                    can't attach program 'on_exit' to raw tracepoint sched_process_exi: ENOENT (No such file or directory)
                      this kernel has no such tracepoint; close names: sched_process_exit, …
                    """,
                    () -> object.program("on_exit").attach(new RawTracepoint("sched_process_exi")));
        }
    }

    @Test
    void targetsForOtherTypesOfPrograms() {
        try (LoadedObject object = BpfLoader.load(Sources.good())) {
            assertFails(
                    IllegalArgumentException.class,
                    "program 'on_exit' is of type RAW_TRACEPOINT;"
                            + " tracepoint sched/sched_process_exec takes programs of type TRACEPOINT",
                    () -> object.program("on_exit").attach(new Tracepoint("sched", "sched_process_exec")));
            assertFails(
                    IllegalArgumentException.class,
                    "program 'on_exec' is of type TRACEPOINT;"
                            + " the tracepoint it was loaded for takes programs of type TRACING",
                    () -> object.program("on_exec").attach(new TracingRawTp()));
        }
    }

    @Test
    void aSectionThatNamesNoTarget() {
        String source = Sources.GOOD.replace("raw_tp/sched_process_exit", "raw_tp");
        try (LoadedObject object = BpfLoader.load(Sources.object("nowhere", source))) {
            assertFails(
                    IllegalStateException.class,
                    "the section 'raw_tp' of program 'on_exit' names nothing that ebpf4j can attach it to;"
                            + " use attach(AttachTarget)",
                    object::attachAll);
            assertTrue(object.programs().stream()
                    .allMatch(program -> program.info().id() > 0));
        }
    }

    @Test
    void theSameTwice() {
        try (LoadedObject object = BpfLoader.load(Sources.good());
                Link link = object.program("on_exec").attach()) {
            assertTrue(link.isOpen());
            assertFails(BpfException.class, """
                can't attach program 'on_exec' to tracepoint sched/sched_process_exec: EEXIST (File exists)
                  the program is attached there already
                """, () -> object.program("on_exec").attach());
        }
    }

    @Test
    void useAfterClose() {
        LoadedObject object = BpfLoader.load(Sources.good());
        Program program = object.program("on_exec");
        Link link = program.attach();
        BpfMap map = object.map("stats");
        GlobalVariable<Long> seen = object.variable("seen", Codecs.LONG);
        RingBuffer ring = RingBuffer.open(object.map("events"));
        ring.close();
        object.close();

        Class<IllegalStateException> type = IllegalStateException.class;
        assertFails(type, "program 'on_exec' is closed", program::attach);
        assertFails(type, "program 'on_exec' is closed", program::info);
        assertFails(type, "program 'on_exec' is closed", object::attachAll);
        assertFails(type, "the link to tracepoint sched/sched_process_exec is closed", link::id);
        assertFails(type, "map 'stats' is closed", map::info);
        try (Arena arena = Arena.ofConfined()) {
            assertFails(type, "map 'stats' is closed", () -> map.delete(arena.allocate(4)));
        }
        assertFails(type, "map 'events' is closed", () -> RingBuffer.open(object.map("events")));
        assertFails(type, "variable 'seen' is closed, as its section or object is", seen::get);
        assertFails(type, "variable 'seen' is closed, as its section or object is", () -> seen.set(1L));
        assertFails(type, "the consumer of map 'events' is closed", () -> ring.poll(Duration.ZERO, event -> {}));
        assertEquals(
                "link to tracepoint sched/sched_process_exec by " + link.mechanism() + " (closed)", link.toString());
    }

    @Test
    void closingTwiceDoesNothing() {
        LoadedObject object = BpfLoader.load(Sources.good());
        RingBuffer ring = RingBuffer.open(object.map("events"));
        for (int i = 0; i < 2; i++) {
            ring.close();
            object.close();
        }
    }
}
