package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The limit of locked memory, which kernels before 5.11 charge maps and programs to. It is raised once, after a refusal,
 * and only where the kernel has no accounting by control groups.
 */
final class Memlock {
    private static final int RLIMIT_MEMLOCK = 8;
    private static final long INFINITY = -1;
    /** {@code bpf_ktime_get_coarse_ns}, which came in the same release as the accounting by control groups. */
    private static final int HELPER_OF_5_11 = 160;

    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;

    private final Sys sys;
    private final AtomicBoolean tried = new AtomicBoolean();

    Memlock(Sys sys) {
        this.sys = sys;
    }

    /** Whether the limit was lifted just now, so that what was refused is worth another try. */
    boolean raise() {
        if (tried.getAndSet(true) || accountsByGroup()) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocateFrom(JAVA_LONG, INFINITY, INFINITY);
            return sys.prlimit(RLIMIT_MEMLOCK, limit, null) >= 0;
        }
    }

    private boolean accountsByGroup() {
        long program = FeatureProbes.loadProgram(
                sys,
                ProgramType.SOCKET_FILTER,
                0,
                "",
                Slots.of(CALL, 0, 0, 0, HELPER_OF_5_11),
                Slots.of(EXIT, 0, 0, 0, 0));
        if (program >= 0) {
            new Fd(sys, program).close();
        }
        return program >= 0;
    }
}
