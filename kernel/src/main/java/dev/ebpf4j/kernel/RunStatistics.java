package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * While one of these is open, the kernel counts and times the runs of all programs, which {@link ProgramInfo} then tells. It
 * costs every run some 20 ns. Whoever enabled them closes them; they stop when the last such handle of the machine is closed.
 *
 * @kernel 5.8
 */
public final class RunStatistics implements AutoCloseable {
    private final Fd fd;

    private RunStatistics(Fd fd) {
        this.fd = fd;
    }

    /**
     * {@return a handle that keeps the statistics on until it is closed}
     *
     * @throws BpfException if the kernel refuses, for want of CAP_SYS_ADMIN
     * @throws UnsupportedFeatureException on kernels before 5.8
     */
    public static RunStatistics enable() {
        return enable(Sys.host());
    }

    static RunStatistics enable(Sys sys) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.EnableStats.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.EnableStats.TYPE, Uapi.StatsType.BPF_STATS_RUN_TIME);
            long result = sys.bpf(Uapi.Cmd.BPF_ENABLE_STATS, attr, BpfAttr.EnableStats.BYTES);
            String operation = "enable the statistics of programs";
            if (result == -Errno.EINVAL) {
                throw new UnsupportedFeatureException(operation, Errno.of(result), "command BPF_ENABLE_STATS", "5.8");
            }
            if (result < 0) {
                throw new BpfException(operation, Errno.of(result));
            }
            return new RunStatistics(new Fd(sys, result));
        }
    }

    /** Stops the statistics, unless somebody else has enabled them too. A second call does nothing. */
    @Override
    public void close() {
        fd.close();
    }
}
