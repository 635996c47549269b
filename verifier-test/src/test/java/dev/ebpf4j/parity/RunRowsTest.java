package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.kernel.Benchmark;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.PrintkLine;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.ProgramDump;
import dev.ebpf4j.kernel.ProgramInfo;
import dev.ebpf4j.kernel.RunStatistics;
import dev.ebpf4j.kernel.TaskFd;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.kernel.TestRunResult;
import dev.ebpf4j.kernel.TracePipe;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.BpfFs;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows 35, 73 and 74: a loaded program looked at, run by hand, measured, and its output read. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class RunRowsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final String PROGRAMS = """
        int runs;
        int cpu = -1;

        static __attribute__((noinline)) int twice(int x)
        {
        	return x + x + runs;
        }

        SEC("tc")
        int mark(struct __sk_buff *skb)
        {
        	__u8 byte;

        	runs++;
        	if (bpf_skb_load_bytes(skb, 0, &byte, 1))
        		return -1;
        	byte++;
        	bpf_skb_store_bytes(skb, 0, &byte, 1, 0);
        	skb->mark = twice(skb->mark);
        	return skb->mark;
        }

        SEC("xdp")
        int grow(struct xdp_md *ctx)
        {
        	__sync_fetch_and_add(&runs, 1);
        	if (bpf_xdp_adjust_head(ctx, -16))
        		return XDP_ABORTED;
        	return ctx->ingress_ifindex == 1 ? XDP_PASS : XDP_DROP;
        }

        SEC("tc")
        int spoil(struct __sk_buff *skb)
        {
        	__u8 byte = 1;

        	return bpf_skb_store_bytes(skb, 40, &byte, 1, 0);
        }

        SEC("raw_tp/task_rename")
        int where(struct bpf_raw_tracepoint_args *ctx)
        {
        	cpu = bpf_get_smp_processor_id();
        	return ctx->args[0] + ctx->args[1];
        }

        SEC("syscall")
        int swap(__u64 *ctx)
        {
        	__u64 first = ctx[0];

        	ctx[0] = ctx[1];
        	ctx[1] = first;
        	return 7;
        }

        SEC("kprobe/none")
        int probe(void *ctx)
        {
        	return 0;
        }

        SEC("tc")
        int print(struct __sk_buff *skb)
        {
        	bpf_printk("mark %d: one-[007] x\\n", skb->mark);
        	return 0;
        }
        """;

    private static LoadedObject object;

    @BeforeAll
    static void load() {
        object = Sources.load("runs", PROGRAMS);
    }

    @AfterAll
    static void close() {
        object.close();
    }

    private static Bytes longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.nativeOrder());
        bytes.asLongBuffer().put(values);
        return Bytes.of(bytes.array());
    }

    private static Bytes ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.nativeOrder());
        bytes.asIntBuffer().put(values);
        return Bytes.of(bytes.array());
    }

    private static int runs() {
        return object.variable("runs", Codecs.INT).get();
    }

    @Test
    void row35_duplicateReadBackAndInfo() {
        Program mark = object.program("mark");
        ProgramInfo info = mark.info();
        try (Program other = mark.duplicate();
                Program byId = Program.byId(info.id())) {
            assertNotEquals(mark.fd(), other.fd());
            for (Program same : List.of(other, byId)) {
                assertEquals(info.id(), same.info().id());
                assertEquals(info.tag(), same.info().tag());
                assertEquals(info.xlated(), same.info().xlated());
                assertEquals(mark.type(), same.type());
            }
        }
        assertTrue(info.gplCompatible());
        assertEquals(0, info.uid());
        assertTrue(info.loadTime() > 0 && info.verifiedInstructions() > 0 && info.btfId() > 0);
        assertEquals(info.xlatedLength(), info.xlated().size() * Long.BYTES);
    }

    @Test
    void row35_dumpOfCodeAndMachineCode() {
        ProgramDump dump = object.program("mark").dump();
        assertEquals(
                List.of("mark", "twice"),
                dump.functions().stream().map(ProgramDump.Function::name).toList());
        ProgramDump.Line line = dump.lines().stream()
                .filter(candidate -> candidate.text().equals("return x + x + runs;"))
                .findFirst()
                .orElseThrow();
        assertTrue(line.slot() >= dump.functions().getLast().slot() && line.line() > 1 && line.column() > 0);
        assertTrue(line.file().endsWith("runs.bpf.c"), line::file);
        String text = dump.text();
        assertTrue(text.contains("twice:\n; return x + x + runs;\n"), text);
        assertTrue(text.contains("call twice\n") && text.contains("call bpf_skb_load_bytes\n"), text);
        int jited = object.program("mark").info().jitedLength();
        assumeTrue(jited > 0, "this kernel interprets programs, so that there is no machine code");
        assertEquals(2, dump.machineCode().size());
        assertEquals(
                jited,
                dump.machineCode().stream().mapToInt(part -> part.code().size()).sum());
        assertNotEquals(0, dump.machineCode().getFirst().address());
    }

    @Test
    void row35_pinAndOpenAgain() throws IOException, InterruptedException {
        Program mark = object.program("mark");
        try (BpfFs bpffs = BpfFs.mount()) {
            mark.pin(bpffs.root() + "/mark");
            object.map(".bss").pin(bpffs.root() + "/bss");
            try (Program pinned = Program.openPinned(bpffs.root() + "/mark")) {
                assertEquals(mark.info().id(), pinned.info().id());
                assertEquals("mark", pinned.name());
                assertTrue(pinned.spec().isEmpty());
            }
            IllegalArgumentException wrong =
                    assertThrows(IllegalArgumentException.class, () -> Program.openPinned(bpffs.root() + "/bss"));
            assertEquals(
                    bpffs.root() + "/bss",
                    String.valueOf(wrong.getMessage())
                            .replaceFirst("what is pinned at (\\S+) is no program, but anon_inode:bpf-map", "$1"));
            BpfException none = assertThrows(BpfException.class, () -> Program.openPinned(bpffs.root() + "/none"));
            assertTrue(none.errno().is(Errno.ENOENT), none::getMessage);
        }
    }

    @Test
    void row73_packetAndContextInAndOut() {
        byte[] packet = new byte[64];
        packet[0] = 41;
        int before = runs();
        TestRun run = TestRun.onPacket(packet).withContext(ints(0, 0, 1000)).withRepeat(3);
        TestRunResult result = object.program("mark").testRun(run);
        assertEquals(before + 3, runs());
        assertEquals(44, result.data().toArray()[0]);
        assertEquals(64, result.data().size());
        int mark = result.context().buffer(ByteOrder.nativeOrder()).getInt(8);
        assertEquals(mark, result.returnValue());
        assertEquals(8000 + 4 * (before + 1) + 2 * (before + 2) + before + 3, mark);
        assertTrue(result.duration().isPositive());
    }

    @Test
    void row73_aPacketGrowsAndRoomForItIsChecked() {
        TestRun run = TestRun.onPacket(Sources.PACKET).withContext(ints(0, 64, 0, 1, 0, 0));
        TestRunResult result = object.program("grow").testRun(run);
        assertEquals(2, result.returnValue(), "XDP_PASS, for the ifindex came from the context");
        assertEquals(80, result.data().size());
        assertEquals(80, result.context().buffer(ByteOrder.nativeOrder()).getInt(4), "data_end");
        assertEquals(
                0,
                object.program("grow").testRun(run.withDataCapacity(0)).data().size());
        BpfException small =
                assertThrows(BpfException.class, () -> object.program("grow").testRun(run.withDataCapacity(20)));
        assertTrue(small.errno().is(Errno.ENOSPC), small::getMessage);
        assertTrue(small.getMessage().contains("80 bytes, and there was room for 20"), small::getMessage);
    }

    @Test
    void row73_cpuOfRawTracepointsAndContextOfSyscallPrograms() {
        Program where = object.program("where");
        for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
            TestRunResult result =
                    where.testRun(TestRun.onContext(longs(40, 2).toArray()).onCpu(cpu));
            assertEquals(42, result.returnValue());
            assertEquals(cpu, object.variable("cpu", Codecs.INT).get());
        }
        TestRunResult swapped =
                object.program("swap").testRun(TestRun.onContext(longs(1, 2).toArray()));
        assertEquals(7, swapped.returnValue());
        assertEquals(longs(2, 1), swapped.context());
    }

    @Test
    void row73_liveFrames() {
        int before = runs();
        TestRun run = TestRun.onPacket(Sources.PACKET).withRepeat(1000).withLiveFrames(64);
        object.program("grow").testRun(run);
        assertEquals(before + 1000, runs());
    }

    @Test
    void row73_checksum() {
        TestRun run = TestRun.onPacket(Sources.PACKET).withDataCapacity(0).withChecksum();
        try {
            object.program("print").testRun(run);
        } catch (BpfException e) {
            assumeTrue(!e.errno().is(Errno.EINVAL), "needs Linux 6.14 for BPF_F_TEST_SKB_CHECKSUM_COMPLETE");
            throw e;
        }
        BpfException changed = assertThrows(
                BpfException.class,
                () -> object.program("spoil").testRun(run),
                "the program changes a byte and leaves the checksum as it is");
        assertTrue(changed.errno().is(74), changed::getMessage);
    }

    @Test
    void row73_whatCanNotBeRunSaysWhy() {
        Map<String, TestRun> runs = Map.of(
                "probe", TestRun.empty(),
                "mark", TestRun.onPacket(new byte[3]),
                "grow", TestRun.onPacket(Sources.PACKET).onCpu(0),
                "where", TestRun.onPacket(Sources.PACKET),
                "swap", TestRun.empty().withRepeat(5));
        Map<String, String> reasons = Map.of(
                "probe", "can't run programs of this type by hand",
                "mark", "needs a packet of at least 14 bytes, and got 3",
                "grow", "only raw tracepoint programs can be sent to a CPU",
                "where", "takes no packet",
                "swap", "does not repeat such a program");
        runs.forEach((name, run) -> {
            BpfException e =
                    assertThrows(BpfException.class, () -> object.program(name).testRun(run), name);
            assertTrue(e.getMessage().contains(reasons.get(name)), e::getMessage);
        });
    }

    @Test
    void row73_benchmark() {
        Benchmark figures = object.program("mark").benchmark(TestRun.onPacket(Sources.PACKET), Duration.ofMillis(50));
        assertTrue(figures.fastest() > 0 && figures.fastest() <= figures.median(), figures::toString);
        assertTrue(figures.median() <= figures.slowest() && figures.runs() >= 11, figures::toString);
    }

    @Test
    void row74_statisticsCountRuns() {
        Program mark = object.program("mark");
        TestRun run = TestRun.onPacket(Sources.PACKET).withRepeat(100);
        long before = mark.info().runCount();
        try (RunStatistics statistics = RunStatistics.enable()) {
            mark.testRun(run);
            ProgramInfo after = mark.info();
            assertEquals(before + 100, after.runCount(), statistics::toString);
            assertTrue(after.runTime() > 0);
            assertEquals(0, after.runs().missed());
        }
    }

    @Test
    void row74_descriptorsThatProgramsAreAttachedThrough() {
        Program where = object.program("where");
        long self = ProcessHandle.current().pid();
        int id = where.info().id();
        try (Link link = where.attach()) {
            List<TaskFd> found =
                    TaskFd.of(self).stream().filter(fd -> fd.programId() == id).toList();
            assertEquals(1, found.size(), () -> found + " for " + link);
            assertEquals(TaskFd.Kind.RAW_TRACEPOINT, found.getFirst().kind());
            assertEquals("task_rename", found.getFirst().name());
        }
        assertTrue(TaskFd.of(self).stream().noneMatch(fd -> fd.programId() == id));
    }

    @Test
    void row74_linesOfPrintk() {
        try (TracePipe pipe = TracePipe.open()) {
            pipe.read();
            TestRun run = TestRun.onPacket(Sources.PACKET).withContext(ints(0, 0, 77));
            object.program("print").testRun(run.withRepeat(2));
            List<PrintkLine> mine = new ArrayList<>();
            long end = System.nanoTime() + LONG.toNanos();
            while (mine.size() < 2 && System.nanoTime() < end) {
                pipe.poll(Duration.ofMillis(200)).stream()
                        .filter(line -> line.message().equals("mark 77: one-[007] x"))
                        .forEach(mine::add);
            }
            assertEquals(2, mine.size());
            assertTrue(mine.getFirst().isFromProgram());
            assertTrue(mine.getFirst().tid() > 0 && mine.getFirst().time().isPositive());
            assertTrue(mine.getFirst().time().compareTo(mine.getLast().time()) <= 0);
        }
    }

    @Test
    void row74_streamOfTheProgram() {
        ObjectSpec spec = Sources.object("stream", """
            /* Linux 6.17 has the first name, 6.18 the second. */
            extern int bpf_stream_vprintk(int id, const char *fmt__str, const void *args, __u32 len__sz,
            			      void *aux__prog) __ksym __weak;
            extern int bpf_stream_vprintk_impl(int id, const char *fmt__str, const void *args, __u32 len__sz,
            				   void *aux__prog) __ksym __weak;

            SEC("tc")
            int speak(struct __sk_buff *skb)
            {
            	static const char out[] = "len %d\\n", err[] = "oh\\n";
            	__u64 args[] = {skb->len};

            	if (bpf_stream_vprintk)
            		return bpf_stream_vprintk(1, out, args, sizeof(args), 0)
            			?: bpf_stream_vprintk(2, err, args, 0, 0);
            	if (bpf_stream_vprintk_impl)
            		return bpf_stream_vprintk_impl(1, out, args, sizeof(args), 0)
            			?: bpf_stream_vprintk_impl(2, err, args, 0, 0);
            	return 1;
            }
            """);
        try (LoadedObject streams = BpfLoader.load(spec)) {
            Program speak = streams.program("speak");
            int printed = Sources.run(speak);
            assumeTrue(printed != 1, "needs Linux 6.17 for the kfunc bpf_stream_vprintk");
            assertEquals("", printed == 0 ? "" : speak.takeOutput());
            assumeTrue(
                    printed != -Errno.ENOMEM,
                    "the kernel has no memory for streams (alloc_pages_nolock), as on virtual machines that"
                            + " initialise their memory late");
            assertEquals("len 64\n", speak.takeOutput());
            assertEquals("", speak.takeOutput());
            assertEquals("oh\n", speak.takeErrors());
        }
    }
}
