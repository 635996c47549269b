package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr.ProgTestRun;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests about loaded programs to kernels that refuse them. */
class RunByHandTest {
    private static final int FD = 9;

    private static BpfException refused(ProgramType type, TestRun run, int errno) {
        ScriptedSys sys = new ScriptedSys();
        sys.onBpf(Cmd.BPF_PROG_TEST_RUN, attr -> -errno);
        return assertThrows(BpfException.class, () -> new TestRunner(sys, "f", type).run(FD, run));
    }

    @ParameterizedTest
    @CsvSource({
        "KPROBE, 524, can't run programs of this type by hand",
        "XDP, 28, there was room for 4110: use withDataCapacity",
        "SCHED_CLS, 22, ''",
        "SYSCALL, 22, such a program takes no packet",
        "XDP, 1, ''"
    })
    void aRefusalSaysWhatDoesNotFit(ProgramType type, int errno, String advice) {
        BpfException e = refused(type, TestRun.onPacket(new byte[14]), errno);
        assertEquals(errno, e.errno().number());
        assertTrue(e.getMessage().startsWith("can't run program 'f' of type " + type + ": "), e::getMessage);
        assertTrue(e.getMessage().contains(advice), e::getMessage);
        assertEquals(advice.isEmpty(), e.getMessage().indexOf('\n') < 0, e::getMessage);
    }

    /** Kernels look at every field that a type does not take: what nobody asked for stays zero. */
    @Test
    void onlyWhatWasAskedForIsInTheRequest() {
        List<List<Integer>> requests = new ArrayList<>();
        ScriptedSys sys = new ScriptedSys();
        sys.onBpf(Cmd.BPF_PROG_TEST_RUN, attr -> {
            requests.add(List.of(
                    attr.get(JAVA_INT, ProgTestRun.PROG_FD),
                    attr.get(JAVA_INT, ProgTestRun.DATA_SIZE_IN),
                    attr.get(JAVA_INT, ProgTestRun.DATA_SIZE_OUT),
                    attr.get(JAVA_INT, ProgTestRun.CTX_SIZE_IN),
                    attr.get(JAVA_INT, ProgTestRun.CTX_SIZE_OUT),
                    attr.get(JAVA_INT, ProgTestRun.REPEAT),
                    attr.get(JAVA_INT, ProgTestRun.FLAGS),
                    attr.get(JAVA_INT, ProgTestRun.CPU),
                    attr.get(JAVA_INT, ProgTestRun.BATCH_SIZE)));
            return 0;
        });
        new TestRunner(sys, "f", ProgramType.SYSCALL).run(FD, TestRun.empty());
        new TestRunner(sys, "f", ProgramType.RAW_TRACEPOINT)
                .run(FD, TestRun.onContext(new byte[8]).onCpu(3));
        TestRun live = TestRun.onPacket(new byte[20]).withRepeat(5).withLiveFrames(2);
        new TestRunner(sys, "f", ProgramType.XDP).run(FD, live);
        TestRun both =
                TestRun.onPacket(new byte[20]).withContext(Bytes.zeros(12)).withChecksum();
        new TestRunner(sys, "f", ProgramType.SCHED_CLS).run(FD, both);
        assertEquals(
                List.of(
                        List.of(FD, 0, 0, 0, 0, 0, 0, 0, 0),
                        List.of(FD, 0, 0, 8, 0, 0, 1, 3, 0),
                        List.of(FD, 20, 0, 0, 0, 5, 2, 0, 2),
                        List.of(FD, 20, 4116, 12, 512, 0, 4, 0, 0)),
                requests);
    }

    @Test
    void numbersThatMakeNoSenseAreRefusedBefore() {
        assertThrows(IllegalArgumentException.class, () -> TestRun.empty().withRepeat(0));
        assertThrows(IllegalArgumentException.class, () -> TestRun.empty().onCpu(-2));
        assertThrows(IllegalArgumentException.class, () -> TestRun.empty().withLiveFrames(-1));
        assertThrows(IllegalArgumentException.class, () -> TestRun.empty().withDataCapacity(-1));
    }

    @Test
    void olderKernelsHaveNeitherStatisticsNorStreams() {
        ScriptedSys sys = new ScriptedSys();
        sys.onBpf(Cmd.BPF_ENABLE_STATS, attr -> -Errno.EINVAL);
        sys.onBpf(Cmd.BPF_PROG_STREAM_READ_BY_FD, attr -> -Errno.EINVAL);
        UnsupportedFeatureException statistics =
                assertThrows(UnsupportedFeatureException.class, () -> RunStatistics.enable(sys));
        assertEquals("5.8", statistics.since());
        UnsupportedFeatureException streams = assertThrows(
                UnsupportedFeatureException.class, () -> ProgramStreams.take(sys, FD, "f", ProgramStreams.STDERR));
        assertEquals("6.17", streams.since());
        assertEquals(List.of(), List.copyOf(sys.leaks()));
    }

    @Test
    void onlyWantOfRightsIsAnErrorOfAQueryForDescriptors() {
        ScriptedSys sys = new ScriptedSys();
        sys.onBpf(Cmd.BPF_TASK_FD_QUERY, attr -> -524);
        assertTrue(TaskFd.query(sys, 1, 5).isEmpty());
        sys.onBpf(Cmd.BPF_TASK_FD_QUERY, attr -> -Errno.EPERM);
        assertThrows(BpfException.class, () -> TaskFd.query(sys, 1, 5));
    }
}
