package dev.ebpf4j.spec;

import java.util.LinkedHashMap;
import java.util.Map;

/** The rules of {@link SectionName} as data. */
final class SectionTable {
    /**
     * Name, program type, expected attach type ({@code -}: number 0), traits: {@code +} may be followed by {@code /} and a
     * target, {@code A} auto-attach, {@code B} wants a BTF id, {@code S} sleepable, {@code F} frags, {@code O} attach type
     * optional. Facts from the section table of libbpf 1.8.
     */
    private static final String ROWS = """
            socket                  SOCKET_FILTER           -                              -
            sk_reuseport/migrate    SK_REUSEPORT            SK_REUSEPORT_SELECT_OR_MIGRATE -
            sk_reuseport            SK_REUSEPORT            SK_REUSEPORT_SELECT            -
            kprobe                  KPROBE                  -                              +A
            kretprobe               KPROBE                  -                              +A
            uprobe                  KPROBE                  -                              +A
            uprobe.s                KPROBE                  -                              +AS
            uretprobe               KPROBE                  -                              +A
            uretprobe.s             KPROBE                  -                              +AS
            kprobe.multi            KPROBE                  TRACE_KPROBE_MULTI             +A
            kretprobe.multi         KPROBE                  TRACE_KPROBE_MULTI             +A
            kprobe.session          KPROBE                  TRACE_KPROBE_SESSION           +A
            uprobe.multi            KPROBE                  TRACE_UPROBE_MULTI             +A
            uprobe.multi.s          KPROBE                  TRACE_UPROBE_MULTI             +AS
            uretprobe.multi         KPROBE                  TRACE_UPROBE_MULTI             +A
            uretprobe.multi.s       KPROBE                  TRACE_UPROBE_MULTI             +AS
            uprobe.session          KPROBE                  TRACE_UPROBE_SESSION           +A
            uprobe.session.s        KPROBE                  TRACE_UPROBE_SESSION           +AS
            ksyscall                KPROBE                  -                              +A
            kretsyscall             KPROBE                  -                              +A
            usdt                    KPROBE                  -                              +A
            usdt.s                  KPROBE                  -                              +AS
            tc/ingress              SCHED_CLS               TCX_INGRESS                    -
            tcx/ingress             SCHED_CLS               TCX_INGRESS                    -
            tc/egress               SCHED_CLS               TCX_EGRESS                     -
            tcx/egress              SCHED_CLS               TCX_EGRESS                     -
            tc                      SCHED_CLS               -                              -
            classifier              SCHED_CLS               -                              -
            action                  SCHED_ACT               -                              -
            netkit/primary          SCHED_CLS               NETKIT_PRIMARY                 -
            netkit/peer             SCHED_CLS               NETKIT_PEER                    -
            tracepoint              TRACEPOINT              -                              +A
            tracepoint.s            TRACEPOINT              -                              +AS
            tp                      TRACEPOINT              -                              +A
            tp.s                    TRACEPOINT              -                              +AS
            raw_tracepoint          RAW_TRACEPOINT          -                              +A
            raw_tracepoint.s        RAW_TRACEPOINT          -                              +AS
            raw_tp                  RAW_TRACEPOINT          -                              +A
            raw_tp.s                RAW_TRACEPOINT          -                              +AS
            raw_tracepoint.w        RAW_TRACEPOINT_WRITABLE -                              +A
            raw_tp.w                RAW_TRACEPOINT_WRITABLE -                              +A
            tp_btf                  TRACING                 TRACE_RAW_TP                   +AB
            tp_btf.s                TRACING                 TRACE_RAW_TP                   +ABS
            fentry                  TRACING                 TRACE_FENTRY                   +AB
            fentry.s                TRACING                 TRACE_FENTRY                   +ABS
            fexit                   TRACING                 TRACE_FEXIT                    +AB
            fexit.s                 TRACING                 TRACE_FEXIT                    +ABS
            fmod_ret                TRACING                 MODIFY_RETURN                  +AB
            fmod_ret.s              TRACING                 MODIFY_RETURN                  +ABS
            fsession                TRACING                 TRACE_FSESSION                 +AB
            fsession.s              TRACING                 TRACE_FSESSION                 +ABS
            fentry.multi            TRACING                 TRACE_FENTRY_MULTI             +A
            fentry.multi.s          TRACING                 TRACE_FENTRY_MULTI             +AS
            fexit.multi             TRACING                 TRACE_FEXIT_MULTI              +A
            fexit.multi.s           TRACING                 TRACE_FEXIT_MULTI              +AS
            fsession.multi          TRACING                 TRACE_FSESSION_MULTI           +A
            fsession.multi.s        TRACING                 TRACE_FSESSION_MULTI           +AS
            freplace                EXT                     -                              +AB
            lsm                     LSM                     LSM_MAC                        +AB
            lsm.s                   LSM                     LSM_MAC                        +ABS
            lsm_cgroup              LSM                     LSM_CGROUP                     +B
            iter                    TRACING                 TRACE_ITER                     +AB
            iter.s                  TRACING                 TRACE_ITER                     +ABS
            syscall                 SYSCALL                 -                              S
            xdp                     XDP                     XDP                            O
            xdp/devmap              XDP                     XDP_DEVMAP                     -
            xdp/cpumap              XDP                     XDP_CPUMAP                     -
            xdp.frags               XDP                     XDP                            F
            xdp.frags/devmap        XDP                     XDP_DEVMAP                     F
            xdp.frags/cpumap        XDP                     XDP_CPUMAP                     F
            perf_event              PERF_EVENT              -                              -
            lwt_in                  LWT_IN                  -                              -
            lwt_out                 LWT_OUT                 -                              -
            lwt_xmit                LWT_XMIT                -                              -
            lwt_seg6local           LWT_SEG6LOCAL           -                              -
            sockops                 SOCK_OPS                CGROUP_SOCK_OPS                O
            sk_skb/stream_parser    SK_SKB                  SK_SKB_STREAM_PARSER           O
            sk_skb/stream_verdict   SK_SKB                  SK_SKB_STREAM_VERDICT          O
            sk_skb/verdict          SK_SKB                  SK_SKB_VERDICT                 O
            sk_skb                  SK_SKB                  -                              -
            sk_msg                  SK_MSG                  SK_MSG_VERDICT                 O
            lirc_mode2              LIRC_MODE2              LIRC_MODE2                     O
            flow_dissector          FLOW_DISSECTOR          FLOW_DISSECTOR                 O
            cgroup_skb/ingress      CGROUP_SKB              CGROUP_INET_INGRESS            O
            cgroup_skb/egress       CGROUP_SKB              CGROUP_INET_EGRESS             O
            cgroup/skb              CGROUP_SKB              -                              -
            cgroup/sock_create      CGROUP_SOCK             CGROUP_INET_SOCK_CREATE        -
            cgroup/sock_release     CGROUP_SOCK             CGROUP_INET_SOCK_RELEASE       -
            cgroup/sock             CGROUP_SOCK             CGROUP_INET_SOCK_CREATE        O
            cgroup/post_bind4       CGROUP_SOCK             CGROUP_INET4_POST_BIND         -
            cgroup/post_bind6       CGROUP_SOCK             CGROUP_INET6_POST_BIND         -
            cgroup/bind4            CGROUP_SOCK_ADDR        CGROUP_INET4_BIND              -
            cgroup/bind6            CGROUP_SOCK_ADDR        CGROUP_INET6_BIND              -
            cgroup/connect4         CGROUP_SOCK_ADDR        CGROUP_INET4_CONNECT           -
            cgroup/connect6         CGROUP_SOCK_ADDR        CGROUP_INET6_CONNECT           -
            cgroup/connect_unix     CGROUP_SOCK_ADDR        CGROUP_UNIX_CONNECT            -
            cgroup/sendmsg4         CGROUP_SOCK_ADDR        CGROUP_UDP4_SENDMSG            -
            cgroup/sendmsg6         CGROUP_SOCK_ADDR        CGROUP_UDP6_SENDMSG            -
            cgroup/sendmsg_unix     CGROUP_SOCK_ADDR        CGROUP_UNIX_SENDMSG            -
            cgroup/recvmsg4         CGROUP_SOCK_ADDR        CGROUP_UDP4_RECVMSG            -
            cgroup/recvmsg6         CGROUP_SOCK_ADDR        CGROUP_UDP6_RECVMSG            -
            cgroup/recvmsg_unix     CGROUP_SOCK_ADDR        CGROUP_UNIX_RECVMSG            -
            cgroup/getpeername4     CGROUP_SOCK_ADDR        CGROUP_INET4_GETPEERNAME       -
            cgroup/getpeername6     CGROUP_SOCK_ADDR        CGROUP_INET6_GETPEERNAME       -
            cgroup/getpeername_unix CGROUP_SOCK_ADDR        CGROUP_UNIX_GETPEERNAME        -
            cgroup/getsockname4     CGROUP_SOCK_ADDR        CGROUP_INET4_GETSOCKNAME       -
            cgroup/getsockname6     CGROUP_SOCK_ADDR        CGROUP_INET6_GETSOCKNAME       -
            cgroup/getsockname_unix CGROUP_SOCK_ADDR        CGROUP_UNIX_GETSOCKNAME        -
            cgroup/sysctl           CGROUP_SYSCTL           CGROUP_SYSCTL                  -
            cgroup/getsockopt       CGROUP_SOCKOPT          CGROUP_GETSOCKOPT              -
            cgroup/setsockopt       CGROUP_SOCKOPT          CGROUP_SETSOCKOPT              -
            cgroup/dev              CGROUP_DEVICE           CGROUP_DEVICE                  O
            struct_ops              STRUCT_OPS              -                              +
            struct_ops.s            STRUCT_OPS              -                              +S
            sk_lookup               SK_LOOKUP               SK_LOOKUP                      -
            netfilter               NETFILTER               NETFILTER                      -
            """;

    private SectionTable() {}

    static Map<String, SectionName.Rule> rules() {
        Map<String, SectionName.Rule> rules = new LinkedHashMap<>();
        ROWS.lines().map(line -> line.split(" +")).forEach(row -> rules.put(row[0], rule(row)));
        return Map.copyOf(rules);
    }

    private static SectionName.Rule rule(String[] row) {
        AttachType attachType = row[2].equals("-") ? AttachType.of(0) : AttachType.valueOf(row[2]);
        String letters = row[3].equals("-") ? "" : row[3];
        return new SectionName.Rule(row[0], ProgramType.valueOf(row[1]), attachType, SectionName.traits(letters));
    }
}
