package dev.ebpf4j.kernel;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;

/** Since when there is which type of program, and whether this kernel has it. */
final class ProgramTypes {

    private ProgramTypes() {}

    /** The first kernel with a type: the release that its number was added to {@code linux/bpf.h} in. */
    static String since(ProgramType type) {
        return switch (type) {
            case UNSPEC, SOCKET_FILTER -> "3.19";
            case KPROBE, SCHED_CLS, SCHED_ACT -> "4.1";
            case TRACEPOINT -> "4.7";
            case XDP -> "4.8";
            case PERF_EVENT -> "4.9";
            case CGROUP_SKB, CGROUP_SOCK, LWT_IN, LWT_OUT, LWT_XMIT -> "4.10";
            case SOCK_OPS -> "4.13";
            case SK_SKB -> "4.14";
            case CGROUP_DEVICE -> "4.15";
            case SK_MSG, RAW_TRACEPOINT, CGROUP_SOCK_ADDR -> "4.17";
            case LWT_SEG6LOCAL, LIRC_MODE2 -> "4.18";
            case SK_REUSEPORT -> "4.19";
            case FLOW_DISSECTOR -> "4.20";
            case CGROUP_SYSCTL, RAW_TRACEPOINT_WRITABLE -> "5.2";
            case CGROUP_SOCKOPT -> "5.3";
            case TRACING -> "5.5";
            case STRUCT_OPS, EXT -> "5.6";
            case LSM -> "5.7";
            case SK_LOOKUP -> "5.9";
            case SYSCALL -> "5.14";
            case NETFILTER -> "6.4";
        };
    }

    /** Whether the kernel refuses even the smallest program of a type. For types that need nothing else to be loaded. */
    static boolean isLacking(Sys sys, ProgramType type) {
        return switch (type) {
            case SOCKET_FILTER, KPROBE, TRACEPOINT, PERF_EVENT, RAW_TRACEPOINT, XDP, SCHED_CLS, CGROUP_SKB -> {
                long result =
                        new ProbeCalls(sys, 0, () -> false).program(type, 0, ProbeCalls.RESULT_ZERO, ProbeCalls.RETURN);
                if (result >= 0) {
                    new Fd(sys, result).close();
                }
                yield result == -Errno.EINVAL;
            }
            default -> false;
        };
    }
}
