package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr.ProgTestRun;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Runs a program by {@code BPF_PROG_TEST_RUN}. */
final class TestRunner {
    /** The kernel's own number for "not supported", which it should not let out. */
    private static final int ENOTSUPP = 524;

    private static final int ETHERNET_HEADER = 14;

    /** More than the largest: {@code __sk_buff} has 192. The kernel gives back all of it, however little it got. */
    private static final int CONTEXT_BYTES = 512;

    private final Sys sys;
    private final String program;
    private final ProgramType type;

    TestRunner(Sys sys, String program, ProgramType type) {
        this.sys = sys;
        this.program = program;
        this.type = type;
    }

    TestRunResult run(int fd, TestRun run) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = copy(arena, run.context());
            MemorySegment data = arena.allocate(Math.max(1, run.dataCapacity()));
            MemorySegment attr = arena.allocate(ProgTestRun.BYTES, Long.BYTES);
            attr.set(JAVA_INT, ProgTestRun.PROG_FD, fd);
            if (run.data().size() > 0) {
                attr.set(JAVA_INT, ProgTestRun.DATA_SIZE_IN, run.data().size());
                attr.set(JAVA_LONG, ProgTestRun.DATA_IN, copy(arena, run.data()).address());
            }
            if (run.dataCapacity() > 0) {
                attr.set(JAVA_INT, ProgTestRun.DATA_SIZE_OUT, run.dataCapacity());
                attr.set(JAVA_LONG, ProgTestRun.DATA_OUT, data.address());
            }
            if (run.context().size() > 0) {
                attr.set(JAVA_INT, ProgTestRun.CTX_SIZE_IN, run.context().size());
                attr.set(JAVA_LONG, ProgTestRun.CTX_IN, context.address());
            }
            MemorySegment contextOut = contextOut(arena, attr, run, context);
            attr.set(JAVA_INT, ProgTestRun.REPEAT, run.repeat() == 1 ? 0 : run.repeat());
            attr.set(JAVA_INT, ProgTestRun.FLAGS, run.flags());
            attr.set(JAVA_INT, ProgTestRun.CPU, Math.max(0, run.cpu()));
            attr.set(JAVA_INT, ProgTestRun.BATCH_SIZE, run.batch());
            long result = sys.bpf(Uapi.Cmd.BPF_PROG_TEST_RUN, attr, ProgTestRun.BYTES);
            if (result < 0) {
                throw failure(run, Errno.of(result), attr.get(JAVA_INT, ProgTestRun.DATA_SIZE_OUT));
            }
            return new TestRunResult(
                    attr.get(JAVA_INT, ProgTestRun.RETVAL),
                    bytes(data, run.dataCapacity() == 0 ? 0 : attr.get(JAVA_INT, ProgTestRun.DATA_SIZE_OUT)),
                    bytes(contextOut, contextSize(run, attr)),
                    Duration.ofNanos(Integer.toUnsignedLong(attr.get(JAVA_INT, ProgTestRun.DURATION))));
        }
    }

    /** The kernel writes the context of these back to where it came from, and that of others where it is told to. */
    private MemorySegment contextOut(Arena arena, MemorySegment attr, TestRun run, MemorySegment context) {
        if (run.context().size() == 0 || type == ProgramType.SYSCALL || !givesContext(run)) {
            return context;
        }
        int size = Math.max(run.context().size(), CONTEXT_BYTES);
        MemorySegment out = arena.allocate(size, Long.BYTES);
        attr.set(JAVA_INT, ProgTestRun.CTX_SIZE_OUT, size);
        attr.set(JAVA_LONG, ProgTestRun.CTX_OUT, out.address());
        return out;
    }

    private int contextSize(TestRun run, MemorySegment attr) {
        if (type == ProgramType.SYSCALL) {
            return run.context().size();
        }
        return run.context().size() == 0 || !givesContext(run) ? 0 : attr.get(JAVA_INT, ProgTestRun.CTX_SIZE_OUT);
    }

    /** The others refuse to be asked. */
    private boolean givesContext(TestRun run) {
        return switch (type) {
            case SOCKET_FILTER, SCHED_CLS, SCHED_ACT, CGROUP_SKB, LWT_IN, LWT_OUT, LWT_XMIT, LWT_SEG6LOCAL -> true;
            case XDP -> !run.isLive();
            default -> false;
        };
    }

    private static MemorySegment copy(Arena arena, Bytes bytes) {
        MemorySegment copy = arena.allocate(Math.max(1, bytes.size()), Long.BYTES);
        MemorySegment.copy(MemorySegment.ofArray(bytes.toArray()), 0, copy, 0, bytes.size());
        return copy;
    }

    private static Bytes bytes(MemorySegment segment, int size) {
        return Bytes.of(segment.asSlice(0, Math.min(size, segment.byteSize())).toArray(JAVA_BYTE));
    }

    private BpfException failure(TestRun run, Errno errno, int dataSize) {
        String advice = switch (errno.number()) {
            case ENOTSUPP -> "the kernel can't run programs of this type by hand: attach it, and make its event happen";
            case Errno.ENOSPC ->
                "the packet that came out has " + dataSize + " bytes, and there was room for " + run.dataCapacity()
                        + ": use withDataCapacity";
            case Errno.EINVAL -> misfit(run);
            default -> "";
        };
        return new BpfException("run program '" + program + "' of type " + type, errno, advice);
    }

    /** What in the request programs of this type do not take. */
    private String misfit(TestRun run) {
        boolean packet = run.data().size() > 0;
        return switch (type) {
            case XDP,
                    SOCKET_FILTER,
                    SCHED_CLS,
                    SCHED_ACT,
                    CGROUP_SKB,
                    LWT_IN,
                    LWT_OUT,
                    LWT_XMIT,
                    LWT_SEG6LOCAL,
                    FLOW_DISSECTOR ->
                run.data().size() < ETHERNET_HEADER
                        ? "such a program needs a packet of at least " + ETHERNET_HEADER + " bytes, and got "
                                + run.data().size()
                        : flagMisfit(run);
            case RAW_TRACEPOINT, RAW_TRACEPOINT_WRITABLE, SYSCALL, SK_LOOKUP, TRACING ->
                packet
                        ? "such a program takes no packet"
                        : run.repeat() > 1 && type != ProgramType.SK_LOOKUP
                                ? "the kernel does not repeat such a program: run it " + run.repeat() + " times"
                                : flagMisfit(run);
            default -> flagMisfit(run);
        };
    }

    private String flagMisfit(TestRun run) {
        boolean raw = type == ProgramType.RAW_TRACEPOINT || type == ProgramType.RAW_TRACEPOINT_WRITABLE;
        if ((run.flags() & TestRun.RUN_ON_CPU) != 0 && !raw) {
            return "only raw tracepoint programs can be sent to a CPU";
        }
        if (run.isLive() && type != ProgramType.XDP) {
            return "only XDP programs have a live mode";
        }
        return "";
    }
}
