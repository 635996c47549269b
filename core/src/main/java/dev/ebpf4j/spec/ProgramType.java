package dev.ebpf4j.spec;

/**
 * Type of a program: which context it gets and which helpers it may call.
 *
 * <p>Constants are named after the UAPI header {@code linux/bpf.h} without their prefix {@code BPF_PROG_TYPE_}, in its order.
 */
public enum ProgramType {
    UNSPEC,
    SOCKET_FILTER,
    KPROBE,
    SCHED_CLS,
    SCHED_ACT,
    TRACEPOINT,
    XDP,
    PERF_EVENT,
    CGROUP_SKB,
    CGROUP_SOCK,
    LWT_IN,
    LWT_OUT,
    LWT_XMIT,
    SOCK_OPS,
    SK_SKB,
    CGROUP_DEVICE,
    SK_MSG,
    RAW_TRACEPOINT,
    CGROUP_SOCK_ADDR,
    LWT_SEG6LOCAL,
    LIRC_MODE2,
    SK_REUSEPORT,
    FLOW_DISSECTOR,
    CGROUP_SYSCTL,
    RAW_TRACEPOINT_WRITABLE,
    CGROUP_SOCKOPT,
    TRACING,
    STRUCT_OPS,
    EXT,
    LSM,
    SK_LOOKUP,
    SYSCALL,
    NETFILTER;

    private static final ProgramType[] VALUES = values();

    /** {@return the number that bpf(2) uses for this type} */
    @SuppressWarnings("EnumOrdinal") // the order is the header's
    public int number() {
        return ordinal();
    }

    /**
     * {@return the type with a UAPI number}
     *
     * @throws IllegalArgumentException if this version of ebpf4j knows no such type
     */
    public static ProgramType of(int number) {
        if (number < 0 || number >= VALUES.length) {
            throw new IllegalArgumentException(
                    "unknown ProgramType " + number + ", known are 0 to " + (VALUES.length - 1));
        }
        return VALUES[number];
    }
}
