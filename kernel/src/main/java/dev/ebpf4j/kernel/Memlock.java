package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.insn.Helper;
import dev.ebpf4j.plan.KernelFeatures.Support;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The limit of locked memory, which kernels before 5.11 charge maps and programs to. It is raised once in the life of a
 * process, after a refusal, and only where the kernel does not account by control groups. How far is a matter of the
 * system property {@value #PROPERTY}: a number of bytes, 0 to leave the limit alone; without it, as far as can be.
 */
final class Memlock {
    static final String PROPERTY = "ebpf4j.memlock";

    private static final int RLIMIT_MEMLOCK = 8;
    private static final long INFINITY = -1;

    private final Sys sys;
    private final ProbeCalls calls;
    private final long wanted;
    private final AtomicBoolean tried = new AtomicBoolean();

    Memlock(Sys sys) {
        this(sys, Long.getLong(PROPERTY, INFINITY));
    }

    /**
     * @param wanted the limit to ask for in bytes, -1 for none, 0 to leave it alone
     */
    Memlock(Sys sys, long wanted) {
        this.sys = sys;
        this.calls = new ProbeCalls(sys, 0, () -> false);
        this.wanted = wanted;
    }

    /** Whether the limit was lifted just now, so that what was refused is worth another try. */
    boolean raise() {
        if (wanted == 0 || tried.getAndSet(true) || accountsByGroup() == Support.SUPPORTED) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = limits(arena);
            long soft = limits.getAtIndex(JAVA_LONG, 0);
            long hard = limits.getAtIndex(JAVA_LONG, 1);
            return soft != INFINITY && (set(arena, wanted, wanted) || (soft != hard && set(arena, hard, hard)));
        }
    }

    private boolean set(Arena arena, long soft, long hard) {
        return sys.prlimit(RLIMIT_MEMLOCK, arena.allocateFrom(JAVA_LONG, soft, hard), null) >= 0;
    }

    /** The limit in force, and the one that it may be raised to without a right. */
    private MemorySegment limits(Arena arena) {
        MemorySegment limits = arena.allocate(JAVA_LONG, 2);
        sys.prlimit(RLIMIT_MEMLOCK, null, limits);
        return limits;
    }

    /** Asks for a helper that came in the same release, since the accounting itself can't be seen. */
    Support accountsByGroup() {
        long program = calls.program(
                ProgramType.SOCKET_FILTER, 0, ProbeCalls.call(Helper.KTIME_GET_COARSE_NS.id()), ProbeCalls.RETURN);
        return FeatureProbes.verdict(sys, program);
    }

    /** Why something may have been refused for want of locked memory; empty if that is not so. */
    String advice() {
        if (accountsByGroup() != Support.UNSUPPORTED) {
            return "";
        }
        try (Arena arena = Arena.ofConfined()) {
            long limit = limits(arena).getAtIndex(JAVA_LONG, 0);
            return limit == INFINITY
                    ? ""
                    : "this kernel charges maps and programs to the limit of locked memory (RLIMIT_MEMLOCK), which is "
                            + limit + " bytes and could not be raised: raise it (ulimit -l), or grant CAP_SYS_RESOURCE";
        }
    }
}
