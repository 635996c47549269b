package dev.ebpf4j.spec;

/**
 * Where a program of a given type is attached.
 *
 * <p>Constants are named after the UAPI header {@code linux/bpf.h} without their prefix {@code BPF_}, in its order.
 */
public enum AttachType {
    /** Packets into a cgroup. */
    CGROUP_INET_INGRESS,
    /** Packets out of a cgroup. */
    CGROUP_INET_EGRESS,
    /** Creation of a socket. */
    CGROUP_INET_SOCK_CREATE,
    /** TCP events of a cgroup. */
    CGROUP_SOCK_OPS,
    /** Parser of a sockmap. */
    SK_SKB_STREAM_PARSER,
    /** Verdict of a sockmap with a parser. */
    SK_SKB_STREAM_VERDICT,
    /** Device access. */
    CGROUP_DEVICE,
    /** Messages of a sockmap. */
    SK_MSG_VERDICT,
    /** Bind(2), IPv4. */
    CGROUP_INET4_BIND,
    /** Bind(2), IPv6. */
    CGROUP_INET6_BIND,
    /** Connect(2), IPv4. */
    CGROUP_INET4_CONNECT,
    /** Connect(2), IPv6. */
    CGROUP_INET6_CONNECT,
    /** After bind(2), IPv4. */
    CGROUP_INET4_POST_BIND,
    /** After bind(2), IPv6. */
    CGROUP_INET6_POST_BIND,
    /** Sendmsg(2), UDP over IPv4. */
    CGROUP_UDP4_SENDMSG,
    /** Sendmsg(2), UDP over IPv6. */
    CGROUP_UDP6_SENDMSG,
    /** An infrared device. */
    LIRC_MODE2,
    /** A network namespace's dissector. */
    FLOW_DISSECTOR,
    /** Sysctl access. */
    CGROUP_SYSCTL,
    /** Recvmsg(2), UDP over IPv4. */
    CGROUP_UDP4_RECVMSG,
    /** Recvmsg(2), UDP over IPv6. */
    CGROUP_UDP6_RECVMSG,
    /** Getsockopt(2). */
    CGROUP_GETSOCKOPT,
    /** Setsockopt(2). */
    CGROUP_SETSOCKOPT,
    /** A tracepoint, typed by BTF. */
    TRACE_RAW_TP,
    /** The entry of a function. */
    TRACE_FENTRY,
    /** The exit of a function. */
    TRACE_FEXIT,
    /** A function whose result may be changed. */
    MODIFY_RETURN,
    /** A security hook. */
    LSM_MAC,
    /** An iterator. */
    TRACE_ITER,
    /** Getpeername(2), IPv4. */
    CGROUP_INET4_GETPEERNAME,
    /** Getpeername(2), IPv6. */
    CGROUP_INET6_GETPEERNAME,
    /** Getsockname(2), IPv4. */
    CGROUP_INET4_GETSOCKNAME,
    /** Getsockname(2), IPv6. */
    CGROUP_INET6_GETSOCKNAME,
    /** Packets redirected to a device. */
    XDP_DEVMAP,
    /** Release of a socket. */
    CGROUP_INET_SOCK_RELEASE,
    /** Packets redirected to a CPU. */
    XDP_CPUMAP,
    /** A network namespace's socket look-up. */
    SK_LOOKUP,
    /** A network device. */
    XDP,
    /** Verdict of a sockmap without a parser. */
    SK_SKB_VERDICT,
    /** Choice of a socket. */
    SK_REUSEPORT_SELECT,
    /** Choice of a socket, and migration to another. */
    SK_REUSEPORT_SELECT_OR_MIGRATE,
    /** A perf event. */
    PERF_EVENT,
    /** Many kernel functions. */
    TRACE_KPROBE_MULTI,
    /** A security hook, for a cgroup. */
    LSM_CGROUP,
    /** A kernel table of functions. */
    STRUCT_OPS,
    /** A netfilter hook. */
    NETFILTER,
    /** Traffic control, ingress. */
    TCX_INGRESS,
    /** Traffic control, egress. */
    TCX_EGRESS,
    /** Many user functions. */
    TRACE_UPROBE_MULTI,
    /** Connect(2), Unix sockets. */
    CGROUP_UNIX_CONNECT,
    /** Sendmsg(2), Unix sockets. */
    CGROUP_UNIX_SENDMSG,
    /** Recvmsg(2), Unix sockets. */
    CGROUP_UNIX_RECVMSG,
    /** Getpeername(2), Unix sockets. */
    CGROUP_UNIX_GETPEERNAME,
    /** Getsockname(2), Unix sockets. */
    CGROUP_UNIX_GETSOCKNAME,
    /** The outer end of a netkit pair. */
    NETKIT_PRIMARY,
    /** The inner end of a netkit pair. */
    NETKIT_PEER,
    /** Entry and exit of many kernel functions. */
    TRACE_KPROBE_SESSION,
    /** Entry and exit of many user functions. */
    TRACE_UPROBE_SESSION,
    /** Entry and exit of a function. */
    TRACE_FSESSION,
    /** The entry of many functions. */
    TRACE_FENTRY_MULTI,
    /** The exit of many functions. */
    TRACE_FEXIT_MULTI,
    /** Entry and exit of many functions. */
    TRACE_FSESSION_MULTI;

    private static final AttachType[] VALUES = values();

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
    public static AttachType of(int number) {
        if (number < 0 || number >= VALUES.length) {
            throw new IllegalArgumentException(
                    "unknown AttachType " + number + ", known are 0 to " + (VALUES.length - 1));
        }
        return VALUES[number];
    }
}
