package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Loading into a kernel made of a script: what is asked, in which order, and what is left after a failure. */
class ScriptedLoadTest {
    private static final String LOG = """
        0: R1=ctx() R10=fp0
        ; return s->f; @ a.c:7
        0: (18) r1 = 0xffff888100000000       ; R1=map_ptr()
        2: (85) call unknown#195896080
        invalid func unknown#195896080
        processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
        """;

    /** Enough for every log here: only its beginning is written. */
    private static final MemorySegment LOG_ROOM = Arena.global().allocate(1 << 26, 4096);

    private static ScriptedSys kernel() {
        return new ScriptedSys()
                .onMmap((fd, offset, length, protection) -> LOG_ROOM)
                .withFile("/proc/self/mountinfo", new byte[0])
                .withFile("events/sched/sched_switch/id", "317\n".getBytes(UTF_8));
    }

    private static BpfLoader loader(Sys sys) {
        Privileges root = new Privileges(-1, true, false, false, 0, "");
        return new BpfLoader(sys, new Advice(sys, () -> root), new Memlock(sys));
    }

    private static String name(ScriptedSys.Call call) {
        return call.name();
    }

    @Test
    void runsTheStepsInOrderAndClosesInReverse() {
        ScriptedSys sys = kernel();
        LoadedObject object = loader(sys).run(Plans.everything());
        List<String> names = sys.calls().stream().map(ScriptedLoadTest::name).toList();
        assertEquals(
                List.of(
                        "bpf:" + Cmd.BPF_BTF_LOAD,
                        "bpf:" + Cmd.BPF_MAP_CREATE,
                        "bpf:" + Cmd.BPF_MAP_CREATE,
                        "bpf:" + Cmd.BPF_MAP_CREATE,
                        "bpf:" + Cmd.BPF_MAP_CREATE,
                        "close",
                        "bpf:" + Cmd.BPF_MAP_CREATE,
                        "bpf:" + Cmd.BPF_MAP_UPDATE_ELEM,
                        "bpf:" + Cmd.BPF_MAP_FREEZE,
                        "bpf:" + Cmd.BPF_MAP_UPDATE_ELEM,
                        "bpf:" + Cmd.BPF_PROG_LOAD,
                        "bpf:" + Cmd.BPF_PROG_LOAD,
                        "bpf:" + Cmd.BPF_PROG_LOAD,
                        "bpf:" + Cmd.BPF_MAP_UPDATE_ELEM),
                names);
        assertEquals(
                List.of("tp", "raw", "btf"),
                object.programs().stream().map(Program::name).toList());
        MissingObjectException missing = assertThrows(MissingObjectException.class, () -> object.map("absent"));
        assertTrue(String.valueOf(missing.getMessage()).contains(".rodata, inner, outer, table"), missing::toString);
        List<Link> links = object.attachAll();
        assertEquals(Link.Mechanism.BPF_LINK, links.get(0).mechanism());
        assertEquals(Link.Mechanism.RAW_TRACEPOINT_OPEN, links.get(1).mechanism());
        assertFalse(sys.leaks().isEmpty());
        object.close();
        object.close();
        assertEquals(Set.of(), sys.leaks());
        assertFalse(links.get(0).isOpen());
        assertEquals(
                sys.calls().stream().filter(call -> call.name().equals("close")).count(),
                sys.calls().stream()
                        .filter(call -> call.name().equals("close") && call.result() == 0)
                        .count(),
                "no descriptor was closed twice");
    }

    @Test
    void patchesMapDescriptorsIntoACopyOfTheInstructions() {
        ScriptedSys sys = kernel();
        List<Integer> patched = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            MemorySegment code = Sys.memory(attr.get(JAVA_LONG, ProgLoad.INSNS), 8);
            patched.add(Slots.imm(code.get(JAVA_LONG, 0)));
            return sys.newFd("program");
        });
        LoadPlan plan = Plans.everything();
        try (LoadedObject object = loader(sys).run(plan)) {
            assertEquals(
                    List.of(
                            object.map(".rodata").fd(),
                            object.map("inner").fd(),
                            object.map("outer").fd()),
                    patched);
        }
        assertEquals(0, Slots.imm(plan.object().programs().getFirst().code().slot(0)));
    }

    /** Acceptance 6 of the first issue. */
    @Test
    void aThousandFailuresLeaveNothingOpen() {
        ScriptedSys trial = kernel();
        exercise(trial, Plans.everything());
        int calls = trial.count();
        Random random = new Random(6);
        int[] errors = {
            Errno.EPERM, Errno.EINVAL, Errno.ENOMEM, Errno.EACCES, Errno.E2BIG, Errno.ENOSPC, Errno.EBUSY, Errno.EAGAIN
        };
        LoadPlan plan = Plans.everything();
        int failed = 0;
        for (int round = 0; round < 1_000; round++) {
            ScriptedSys sys = kernel();
            int first = 1 + random.nextInt(calls);
            // a refused program is tried again, for its log: it takes more than one failure
            int length = 1 + random.nextInt(12);
            int errno = errors[random.nextInt(errors.length)];
            for (int i = 0; i < length; i++) {
                sys.failAt(first + i, errno);
            }
            try {
                exercise(sys, plan);
            } catch (BpfException e) {
                failed++;
                assertTrue(e.getMessage().startsWith("can't "), e::getMessage);
            }
            assertEquals(Set.of(), sys.leaks(), "after failure " + errno + " of call " + first + " and on");
        }
        assertTrue(failed > 700, failed + " of 1000 failed");
        ScriptedSys sys = kernel();
        exercise(sys, plan);
        assertEquals(Set.of(), sys.leaks());
    }

    private static void exercise(Sys sys, LoadPlan plan) {
        try (LoadedObject object = loader(sys).run(plan)) {
            object.attachAll();
            object.program("tp").attach(new Tracepoint("sched", "sched_switch")).close();
        }
    }

    @Test
    @DisplayName("trap 22: a busy verifier is asked five times; records have the size that all kernels know")
    void aBusyVerifierIsAskedFiveTimesWithoutALog() {
        ScriptedSys sys = kernel();
        List<Integer> logSizes = new ArrayList<>();
        List<Integer> recordSizes = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            logSizes.add(attr.get(JAVA_INT, ProgLoad.LOG_SIZE));
            recordSizes.add(attr.get(JAVA_INT, ProgLoad.FUNC_INFO_REC_SIZE));
            recordSizes.add(attr.get(JAVA_INT, ProgLoad.LINE_INFO_REC_SIZE));
            return logSizes.size() < 5 ? -Errno.EAGAIN : sys.newFd("program");
        });
        loader(sys).run(Plans.everything()).close();
        assertEquals(List.of(0, 0, 0, 0, 0, 0, 0), logSizes);
        assertEquals(Set.of(8, 16), Set.copyOf(recordSizes));
    }

    @Test
    @DisplayName("trap 23: a failed load is issued twice, the second time with room for nearly any log")
    void aFailedLoadCostsOneMore() {
        ScriptedSys sys = kernel();
        List<Integer> logSizes = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            logSizes.add(attr.get(JAVA_INT, ProgLoad.LOG_SIZE));
            return writeLog(attr, LOG, -Errno.EINVAL);
        });
        VerifierException e = rejected(sys);
        assertEquals(List.of(0, 0xff_ffff), logSizes);
        assertTrue(e.errno().is(Errno.EINVAL), e.errno()::toString);
        String[] lines = e.getMessage().split("\n", -1);
        assertEquals("the verifier rejected program 'only': EINVAL (Invalid argument)", lines[0]);
        assertEquals("  at a.c:7: return s->f;", lines[1]);
        assertEquals("  because struct s has no field 'f'", lines[2]);
        assertEquals("  verifier: invalid func unknown#195896080", lines[3]);
        assertEquals(LOG, e.log().text());
    }

    @Test
    @DisplayName("trap 23: a log of a kernel that keeps its beginning grows until the end is there")
    void theLogDoublesWhereTheKernelTellsNoSize() {
        ScriptedSys sys = kernel();
        List<Integer> logSizes = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            int size = attr.get(JAVA_INT, ProgLoad.LOG_SIZE);
            logSizes.add(size);
            return writeLog(attr, LOG, size == 0 || size > 0x1ff_ffff ? -Errno.EACCES : -Errno.ENOSPC);
        });
        VerifierException e = rejected(sys);
        assertEquals(List.of(0, 0xff_ffff, 0x1ff_fffe, 0x3ff_fffc), logSizes);
        assertTrue(e.errno().is(Errno.EACCES), "the first answer counts");
    }

    @Test
    @DisplayName("trap 23: a log of a kernel that keeps its end is not asked for again")
    void theEndOfALogIsEnough() {
        ScriptedSys sys = kernel();
        List<Integer> logSizes = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            int size = attr.get(JAVA_INT, ProgLoad.LOG_SIZE);
            logSizes.add(size);
            attr.set(JAVA_INT, ProgLoad.LOG_TRUE_SIZE, 20_000_000);
            return writeLog(attr, LOG, size == 0 ? -Errno.EACCES : -Errno.ENOSPC);
        });
        assertEquals("invalid func unknown#195896080", rejected(sys).log().reason());
        assertEquals(List.of(0, 0xff_ffff), logSizes);
    }

    @Test
    void aLogThatWasAskedForIsWholeAndComesWithTheFirstLoad() {
        ScriptedSys sys = kernel();
        List<Integer> asked = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            int size = attr.get(JAVA_INT, ProgLoad.LOG_SIZE);
            asked.add(attr.get(JAVA_INT, ProgLoad.LOG_LEVEL));
            asked.add(size);
            attr.set(JAVA_INT, ProgLoad.LOG_TRUE_SIZE, 20_000_000);
            writeLog(attr, "processed 2 insns (limit 1000000)\n", 0);
            return size < 20_000_000 ? -Errno.ENOSPC : sys.newFd("program");
        });
        List<String> told = new ArrayList<>();
        LoadOptions options = LoadOptions.DEFAULT.withVerifierLogging(VerifierLogging.of(VerifierLogging.STATS)
                .withListener((program, log) ->
                        told.add(program + " " + log.stats().orElseThrow().instructions())));
        try (LoadedObject object = loader(sys).run(Plans.one(ProgramType.TRACEPOINT), options)) {
            assertEquals(2, object.verifierLog("only").stats().orElseThrow().instructions());
        }
        assertEquals(List.of(4, 0xff_ffff, 4, 0x1ff_fffe), asked);
        assertEquals(List.of("only 2"), told);
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    @DisplayName("trap 23: a given buffer that is too small is said, and never replaced")
    void aGivenBufferIsNotGrown() {
        ScriptedSys sys = kernel();
        List<Integer> logSizes = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            logSizes.add(attr.get(JAVA_INT, ProgLoad.LOG_SIZE));
            attr.set(JAVA_INT, ProgLoad.LOG_TRUE_SIZE, 3000);
            return writeLog(attr, "0: (95) exit\n", -Errno.ENOSPC);
        });
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(1024);
            LoadOptions options = LoadOptions.DEFAULT.withVerifierLogging(
                    VerifierLogging.of(1).withBuffer(buffer));
            BpfException e =
                    assertThrows(BpfException.class, () -> loader(sys).run(Plans.one(ProgramType.TRACEPOINT), options));
            assertTrue(e.errno().is(Errno.ENOSPC), e.errno()::toString);
            assertTrue(
                    e.getMessage().contains("does not fit the memory that was given for it; it has 3000"), e::toString);
            assertEquals(List.of(1024), logSizes);
            assertEquals("0: (95) exit\n", buffer.getString(0));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> VerifierLogging.NONE.withBuffer(MemorySegment.ofArray(new byte[1024])));
    }

    @Test
    @DisplayName("row 84: notes go to the logger dev.ebpf4j, which prints nothing unless it is asked to")
    void whatTheKernelRefusesWithoutHarmIsNotedAndLogged() {
        ScriptedSys sys = kernel();
        sys.onBpf(Cmd.BPF_BTF_LOAD, attr -> -Errno.EINVAL);
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getLevel() + " " + new SimpleFormatter().formatMessage(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(Reports.LOGGER);
        logger.addHandler(handler);
        try {
            loader(sys).run(Plans.everything()).close();
            assertEquals(List.of(), logged, "not asked for");
            logger.setLevel(Level.FINE);
            try (LoadedObject object = loader(sys).run(Plans.everything())) {
                assertEquals(1, object.notes().size());
                assertTrue(object.notes().getFirst().endsWith("; loaded without it"), object.notes()::toString);
                assertEquals(List.of("FINE object 'all': " + object.notes().getFirst()), logged);
            }
        } finally {
            logger.removeHandler(handler);
            logger.setLevel(null);
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aRefusalWithoutALogIsNoVerdict() {
        ScriptedSys sys = kernel();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> -Errno.ENOMEM);
        BpfException e = assertThrows(BpfException.class, () -> loader(sys).run(Plans.one(ProgramType.TRACEPOINT)));
        assertEquals("can't load program 'only' of type TRACEPOINT: ENOMEM (Cannot allocate memory)", e.getMessage());
        assertEquals(Set.of(), sys.leaks());
    }

    private static VerifierException rejected(ScriptedSys sys) {
        VerifierException e =
                assertThrows(VerifierException.class, () -> loader(sys).run(Plans.one(ProgramType.TRACEPOINT)));
        assertEquals(Set.of(), sys.leaks());
        return e;
    }

    private static long writeLog(MemorySegment attr, String log, long result) {
        int size = attr.get(JAVA_INT, ProgLoad.LOG_SIZE);
        if (size > 0) {
            byte[] bytes = log.getBytes(UTF_8);
            MemorySegment.copy(
                    bytes, 0, Sys.memory(attr.get(JAVA_LONG, ProgLoad.LOG_BUF), size), JAVA_BYTE, 0, bytes.length);
        }
        return result;
    }
}
