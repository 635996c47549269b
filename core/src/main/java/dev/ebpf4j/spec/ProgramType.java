package dev.ebpf4j.spec;

/**
 * Type of a program: which context it gets and which helpers it may call.
 *
 * <p>Constants are named after the UAPI header {@code linux/bpf.h} without their prefix {@code BPF_PROG_TYPE_}, in its order.
 */
public enum ProgramType {
    /** No type. */
    UNSPEC,
    /** Filters what a socket receives. */
    SOCKET_FILTER,
    /** Runs at a kernel or user function, by breakpoint. */
    KPROBE,
    /** Traffic control classifier. */
    SCHED_CLS,
    /** Traffic control action. */
    SCHED_ACT,
    /** Runs at a tracepoint. */
    TRACEPOINT,
    /** Sees packets before the network stack. */
    XDP,
    /** Runs when a perf event fires. */
    PERF_EVENT,
    /** Filters packets of a cgroup. */
    CGROUP_SKB,
    /** Decides about sockets of a cgroup. */
    CGROUP_SOCK,
    /** Lightweight tunnel, input. */
    LWT_IN,
    /** Lightweight tunnel, output. */
    LWT_OUT,
    /** Lightweight tunnel, transmission. */
    LWT_XMIT,
    /** Tunes TCP connections. */
    SOCK_OPS,
    /** Parses and redirects streams of a sockmap. */
    SK_SKB,
    /** Decides about device access. */
    CGROUP_DEVICE,
    /** Decides about messages of a sockmap. */
    SK_MSG,
    /** Runs at a tracepoint, with its raw arguments. */
    RAW_TRACEPOINT,
    /** Decides about addresses of a cgroup's sockets. */
    CGROUP_SOCK_ADDR,
    /** Segment routing. */
    LWT_SEG6LOCAL,
    /** Decodes infrared. */
    LIRC_MODE2,
    /** Chooses among sockets that share a port. */
    SK_REUSEPORT,
    /** Dissects packets into flows. */
    FLOW_DISSECTOR,
    /** Decides about sysctl access. */
    CGROUP_SYSCTL,
    /** {@link #RAW_TRACEPOINT} that may write to a buffer of the tracepoint. */
    RAW_TRACEPOINT_WRITABLE,
    /** Decides about socket options. */
    CGROUP_SOCKOPT,
    /** Runs at a kernel function, tracepoint or iterator, typed by BTF. */
    TRACING,
    /** Is a function of a kernel table. */
    STRUCT_OPS,
    /** Replaces a function of another program. */
    EXT,
    /** Security hook. */
    LSM,
    /** Chooses the socket of a connection. */
    SK_LOOKUP,
    /** Run from user space; may make system calls. */
    SYSCALL,
    /** Netfilter hook. */
    NETFILTER;

    private static final ProgramType[] VALUES = values();

    /** {@return the number that bpf(2) uses for this type} */
    @SuppressWarnings("EnumOrdinal") // the order is the header's
    public int number() {
        return ordinal();
    }

    /**
     * Finds the type with a UAPI number.
     *
     * @param number the UAPI number
     * @return the type
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
