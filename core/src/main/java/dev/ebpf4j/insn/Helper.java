package dev.ebpf4j.insn;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The kernel helpers that programs can call by number. Generated from {@code core/src/main/data/helpers.tsv}: edit that,
 * then run {@code HelperTest} with {@code -Dregenerate=true}.
 *
 * <p>Numbers and C types are those of the kernel's UAPI header bpf.h, as a program sees them. The list is closed: what the
 * kernel adds now are kfuncs.
 */
public enum Helper {
    /** {@code void *bpf_map_lookup_elem(struct bpf_map *map, const void *key)}. */
    MAP_LOOKUP_ELEM(1, "void *", "struct bpf_map *map, const void *key"),
    /** {@code long bpf_map_update_elem(struct bpf_map *map, const void *key, const void *value, __u64 flags)}. */
    MAP_UPDATE_ELEM(2, "long", "struct bpf_map *map, const void *key, const void *value, __u64 flags"),
    /** {@code long bpf_map_delete_elem(struct bpf_map *map, const void *key)}. */
    MAP_DELETE_ELEM(3, "long", "struct bpf_map *map, const void *key"),
    /** {@code long bpf_probe_read(void *dst, __u32 size, const void *unsafe_ptr)}. */
    PROBE_READ(4, "long", "void *dst, __u32 size, const void *unsafe_ptr"),
    /** {@code __u64 bpf_ktime_get_ns(void)}. */
    KTIME_GET_NS(5, "__u64", "void"),
    /** {@code long bpf_trace_printk(const char *fmt, __u32 fmt_size, ...)}. */
    TRACE_PRINTK(6, "long", "const char *fmt, __u32 fmt_size, ..."),
    /** {@code __u32 bpf_get_prandom_u32(void)}. */
    GET_PRANDOM_U32(7, "__u32", "void"),
    /** {@code __u32 bpf_get_smp_processor_id(void)}. */
    GET_SMP_PROCESSOR_ID(8, "__u32", "void"),
    /** {@code long bpf_skb_store_bytes(struct __sk_buff *skb, __u32 offset, const void *from, __u32 len, __u64 flags)}. */
    SKB_STORE_BYTES(9, "long", "struct __sk_buff *skb, __u32 offset, const void *from, __u32 len, __u64 flags"),
    /** {@code long bpf_l3_csum_replace(struct __sk_buff *skb, __u32 offset, __u64 from, __u64 to, __u64 size)}. */
    L3_CSUM_REPLACE(10, "long", "struct __sk_buff *skb, __u32 offset, __u64 from, __u64 to, __u64 size"),
    /** {@code long bpf_l4_csum_replace(struct __sk_buff *skb, __u32 offset, __u64 from, __u64 to, __u64 flags)}. */
    L4_CSUM_REPLACE(11, "long", "struct __sk_buff *skb, __u32 offset, __u64 from, __u64 to, __u64 flags"),
    /** {@code long bpf_tail_call(void *ctx, struct bpf_map *prog_array_map, __u32 index)}. */
    TAIL_CALL(12, "long", "void *ctx, struct bpf_map *prog_array_map, __u32 index"),
    /** {@code long bpf_clone_redirect(struct __sk_buff *skb, __u32 ifindex, __u64 flags)}. */
    CLONE_REDIRECT(13, "long", "struct __sk_buff *skb, __u32 ifindex, __u64 flags"),
    /** {@code __u64 bpf_get_current_pid_tgid(void)}. */
    GET_CURRENT_PID_TGID(14, "__u64", "void"),
    /** {@code __u64 bpf_get_current_uid_gid(void)}. */
    GET_CURRENT_UID_GID(15, "__u64", "void"),
    /** {@code long bpf_get_current_comm(void *buf, __u32 size_of_buf)}. */
    GET_CURRENT_COMM(16, "long", "void *buf, __u32 size_of_buf"),
    /** {@code __u32 bpf_get_cgroup_classid(struct __sk_buff *skb)}. */
    GET_CGROUP_CLASSID(17, "__u32", "struct __sk_buff *skb"),
    /** {@code long bpf_skb_vlan_push(struct __sk_buff *skb, __be16 vlan_proto, __u16 vlan_tci)}. */
    SKB_VLAN_PUSH(18, "long", "struct __sk_buff *skb, __be16 vlan_proto, __u16 vlan_tci"),
    /** {@code long bpf_skb_vlan_pop(struct __sk_buff *skb)}. */
    SKB_VLAN_POP(19, "long", "struct __sk_buff *skb"),
    /** {@code long bpf_skb_get_tunnel_key(struct __sk_buff *skb, struct bpf_tunnel_key *key, __u32 size, __u64 flags)}. */
    SKB_GET_TUNNEL_KEY(20, "long", "struct __sk_buff *skb, struct bpf_tunnel_key *key, __u32 size, __u64 flags"),
    /** {@code long bpf_skb_set_tunnel_key(struct __sk_buff *skb, struct bpf_tunnel_key *key, __u32 size, __u64 flags)}. */
    SKB_SET_TUNNEL_KEY(21, "long", "struct __sk_buff *skb, struct bpf_tunnel_key *key, __u32 size, __u64 flags"),
    /** {@code __u64 bpf_perf_event_read(struct bpf_map *map, __u64 flags)}. */
    PERF_EVENT_READ(22, "__u64", "struct bpf_map *map, __u64 flags"),
    /** {@code long bpf_redirect(__u32 ifindex, __u64 flags)}. */
    REDIRECT(23, "long", "__u32 ifindex, __u64 flags"),
    /** {@code __u32 bpf_get_route_realm(struct __sk_buff *skb)}. */
    GET_ROUTE_REALM(24, "__u32", "struct __sk_buff *skb"),
    /** {@code long bpf_perf_event_output(void *ctx, struct bpf_map *map, __u64 flags, void *data, __u64 size)}. */
    PERF_EVENT_OUTPUT(25, "long", "void *ctx, struct bpf_map *map, __u64 flags, void *data, __u64 size"),
    /** {@code long bpf_skb_load_bytes(const void *skb, __u32 offset, void *to, __u32 len)}. */
    SKB_LOAD_BYTES(26, "long", "const void *skb, __u32 offset, void *to, __u32 len"),
    /** {@code long bpf_get_stackid(void *ctx, struct bpf_map *map, __u64 flags)}. */
    GET_STACKID(27, "long", "void *ctx, struct bpf_map *map, __u64 flags"),
    /** {@code __s64 bpf_csum_diff(__be32 *from, __u32 from_size, __be32 *to, __u32 to_size, __wsum seed)}. */
    CSUM_DIFF(28, "__s64", "__be32 *from, __u32 from_size, __be32 *to, __u32 to_size, __wsum seed"),
    /** {@code long bpf_skb_get_tunnel_opt(struct __sk_buff *skb, void *opt, __u32 size)}. */
    SKB_GET_TUNNEL_OPT(29, "long", "struct __sk_buff *skb, void *opt, __u32 size"),
    /** {@code long bpf_skb_set_tunnel_opt(struct __sk_buff *skb, void *opt, __u32 size)}. */
    SKB_SET_TUNNEL_OPT(30, "long", "struct __sk_buff *skb, void *opt, __u32 size"),
    /** {@code long bpf_skb_change_proto(struct __sk_buff *skb, __be16 proto, __u64 flags)}. */
    SKB_CHANGE_PROTO(31, "long", "struct __sk_buff *skb, __be16 proto, __u64 flags"),
    /** {@code long bpf_skb_change_type(struct __sk_buff *skb, __u32 type)}. */
    SKB_CHANGE_TYPE(32, "long", "struct __sk_buff *skb, __u32 type"),
    /** {@code long bpf_skb_under_cgroup(struct __sk_buff *skb, struct bpf_map *map, __u32 index)}. */
    SKB_UNDER_CGROUP(33, "long", "struct __sk_buff *skb, struct bpf_map *map, __u32 index"),
    /** {@code __u32 bpf_get_hash_recalc(struct __sk_buff *skb)}. */
    GET_HASH_RECALC(34, "__u32", "struct __sk_buff *skb"),
    /** {@code __u64 bpf_get_current_task(void)}. */
    GET_CURRENT_TASK(35, "__u64", "void"),
    /** {@code long bpf_probe_write_user(void *dst, const void *src, __u32 len)}. */
    PROBE_WRITE_USER(36, "long", "void *dst, const void *src, __u32 len"),
    /** {@code long bpf_current_task_under_cgroup(struct bpf_map *map, __u32 index)}. */
    CURRENT_TASK_UNDER_CGROUP(37, "long", "struct bpf_map *map, __u32 index"),
    /** {@code long bpf_skb_change_tail(struct __sk_buff *skb, __u32 len, __u64 flags)}. */
    SKB_CHANGE_TAIL(38, "long", "struct __sk_buff *skb, __u32 len, __u64 flags"),
    /** {@code long bpf_skb_pull_data(struct __sk_buff *skb, __u32 len)}. */
    SKB_PULL_DATA(39, "long", "struct __sk_buff *skb, __u32 len"),
    /** {@code __s64 bpf_csum_update(struct __sk_buff *skb, __wsum csum)}. */
    CSUM_UPDATE(40, "__s64", "struct __sk_buff *skb, __wsum csum"),
    /** {@code void bpf_set_hash_invalid(struct __sk_buff *skb)}. */
    SET_HASH_INVALID(41, "void", "struct __sk_buff *skb"),
    /** {@code long bpf_get_numa_node_id(void)}. */
    GET_NUMA_NODE_ID(42, "long", "void"),
    /** {@code long bpf_skb_change_head(struct __sk_buff *skb, __u32 len, __u64 flags)}. */
    SKB_CHANGE_HEAD(43, "long", "struct __sk_buff *skb, __u32 len, __u64 flags"),
    /** {@code long bpf_xdp_adjust_head(struct xdp_md *xdp_md, int delta)}. */
    XDP_ADJUST_HEAD(44, "long", "struct xdp_md *xdp_md, int delta"),
    /** {@code long bpf_probe_read_str(void *dst, __u32 size, const void *unsafe_ptr)}. */
    PROBE_READ_STR(45, "long", "void *dst, __u32 size, const void *unsafe_ptr"),
    /** {@code __u64 bpf_get_socket_cookie(void *ctx)}. */
    GET_SOCKET_COOKIE(46, "__u64", "void *ctx"),
    /** {@code __u32 bpf_get_socket_uid(struct __sk_buff *skb)}. */
    GET_SOCKET_UID(47, "__u32", "struct __sk_buff *skb"),
    /** {@code long bpf_set_hash(struct __sk_buff *skb, __u32 hash)}. */
    SET_HASH(48, "long", "struct __sk_buff *skb, __u32 hash"),
    /** {@code long bpf_setsockopt(void *bpf_socket, int level, int optname, void *optval, int optlen)}. */
    SETSOCKOPT(49, "long", "void *bpf_socket, int level, int optname, void *optval, int optlen"),
    /** {@code long bpf_skb_adjust_room(struct __sk_buff *skb, __s32 len_diff, __u32 mode, __u64 flags)}. */
    SKB_ADJUST_ROOM(50, "long", "struct __sk_buff *skb, __s32 len_diff, __u32 mode, __u64 flags"),
    /** {@code long bpf_redirect_map(struct bpf_map *map, __u64 key, __u64 flags)}. */
    REDIRECT_MAP(51, "long", "struct bpf_map *map, __u64 key, __u64 flags"),
    /** {@code long bpf_sk_redirect_map(struct __sk_buff *skb, struct bpf_map *map, __u32 key, __u64 flags)}. */
    SK_REDIRECT_MAP(52, "long", "struct __sk_buff *skb, struct bpf_map *map, __u32 key, __u64 flags"),
    /** {@code long bpf_sock_map_update(struct bpf_sock_ops *skops, struct bpf_map *map, void *key, __u64 flags)}. */
    SOCK_MAP_UPDATE(53, "long", "struct bpf_sock_ops *skops, struct bpf_map *map, void *key, __u64 flags"),
    /** {@code long bpf_xdp_adjust_meta(struct xdp_md *xdp_md, int delta)}. */
    XDP_ADJUST_META(54, "long", "struct xdp_md *xdp_md, int delta"),
    /** {@code long bpf_perf_event_read_value(struct bpf_map *map, __u64 flags, struct bpf_perf_event_value *buf, __u32 buf_size)}. */
    PERF_EVENT_READ_VALUE(
            55, "long", "struct bpf_map *map, __u64 flags, struct bpf_perf_event_value *buf, __u32 buf_size"),
    /** {@code long bpf_perf_prog_read_value(struct bpf_perf_event_data *ctx, struct bpf_perf_event_value *buf, __u32 buf_size)}. */
    PERF_PROG_READ_VALUE(
            56, "long", "struct bpf_perf_event_data *ctx, struct bpf_perf_event_value *buf, __u32 buf_size"),
    /** {@code long bpf_getsockopt(void *bpf_socket, int level, int optname, void *optval, int optlen)}. */
    GETSOCKOPT(57, "long", "void *bpf_socket, int level, int optname, void *optval, int optlen"),
    /** {@code long bpf_override_return(struct pt_regs *regs, __u64 rc)}. */
    OVERRIDE_RETURN(58, "long", "struct pt_regs *regs, __u64 rc"),
    /** {@code long bpf_sock_ops_cb_flags_set(struct bpf_sock_ops *bpf_sock, int argval)}. */
    SOCK_OPS_CB_FLAGS_SET(59, "long", "struct bpf_sock_ops *bpf_sock, int argval"),
    /** {@code long bpf_msg_redirect_map(struct sk_msg_md *msg, struct bpf_map *map, __u32 key, __u64 flags)}. */
    MSG_REDIRECT_MAP(60, "long", "struct sk_msg_md *msg, struct bpf_map *map, __u32 key, __u64 flags"),
    /** {@code long bpf_msg_apply_bytes(struct sk_msg_md *msg, __u32 bytes)}. */
    MSG_APPLY_BYTES(61, "long", "struct sk_msg_md *msg, __u32 bytes"),
    /** {@code long bpf_msg_cork_bytes(struct sk_msg_md *msg, __u32 bytes)}. */
    MSG_CORK_BYTES(62, "long", "struct sk_msg_md *msg, __u32 bytes"),
    /** {@code long bpf_msg_pull_data(struct sk_msg_md *msg, __u32 start, __u32 end, __u64 flags)}. */
    MSG_PULL_DATA(63, "long", "struct sk_msg_md *msg, __u32 start, __u32 end, __u64 flags"),
    /** {@code long bpf_bind(struct bpf_sock_addr *ctx, struct sockaddr *addr, int addr_len)}. */
    BIND(64, "long", "struct bpf_sock_addr *ctx, struct sockaddr *addr, int addr_len"),
    /** {@code long bpf_xdp_adjust_tail(struct xdp_md *xdp_md, int delta)}. */
    XDP_ADJUST_TAIL(65, "long", "struct xdp_md *xdp_md, int delta"),
    /** {@code long bpf_skb_get_xfrm_state(struct __sk_buff *skb, __u32 index, struct bpf_xfrm_state *xfrm_state, __u32 size, __u64 flags)}. */
    SKB_GET_XFRM_STATE(
            66,
            "long",
            "struct __sk_buff *skb, __u32 index, struct bpf_xfrm_state *xfrm_state, __u32 size, __u64 flags"),
    /** {@code long bpf_get_stack(void *ctx, void *buf, __u32 size, __u64 flags)}. */
    GET_STACK(67, "long", "void *ctx, void *buf, __u32 size, __u64 flags"),
    /** {@code long bpf_skb_load_bytes_relative(const void *skb, __u32 offset, void *to, __u32 len, __u32 start_header)}. */
    SKB_LOAD_BYTES_RELATIVE(68, "long", "const void *skb, __u32 offset, void *to, __u32 len, __u32 start_header"),
    /** {@code long bpf_fib_lookup(void *ctx, struct bpf_fib_lookup *params, int plen, __u32 flags)}. */
    FIB_LOOKUP(69, "long", "void *ctx, struct bpf_fib_lookup *params, int plen, __u32 flags"),
    /** {@code long bpf_sock_hash_update(struct bpf_sock_ops *skops, struct bpf_map *map, void *key, __u64 flags)}. */
    SOCK_HASH_UPDATE(70, "long", "struct bpf_sock_ops *skops, struct bpf_map *map, void *key, __u64 flags"),
    /** {@code long bpf_msg_redirect_hash(struct sk_msg_md *msg, struct bpf_map *map, void *key, __u64 flags)}. */
    MSG_REDIRECT_HASH(71, "long", "struct sk_msg_md *msg, struct bpf_map *map, void *key, __u64 flags"),
    /** {@code long bpf_sk_redirect_hash(struct __sk_buff *skb, struct bpf_map *map, void *key, __u64 flags)}. */
    SK_REDIRECT_HASH(72, "long", "struct __sk_buff *skb, struct bpf_map *map, void *key, __u64 flags"),
    /** {@code long bpf_lwt_push_encap(struct __sk_buff *skb, __u32 type, void *hdr, __u32 len)}. */
    LWT_PUSH_ENCAP(73, "long", "struct __sk_buff *skb, __u32 type, void *hdr, __u32 len"),
    /** {@code long bpf_lwt_seg6_store_bytes(struct __sk_buff *skb, __u32 offset, const void *from, __u32 len)}. */
    LWT_SEG6_STORE_BYTES(74, "long", "struct __sk_buff *skb, __u32 offset, const void *from, __u32 len"),
    /** {@code long bpf_lwt_seg6_adjust_srh(struct __sk_buff *skb, __u32 offset, __s32 delta)}. */
    LWT_SEG6_ADJUST_SRH(75, "long", "struct __sk_buff *skb, __u32 offset, __s32 delta"),
    /** {@code long bpf_lwt_seg6_action(struct __sk_buff *skb, __u32 action, void *param, __u32 param_len)}. */
    LWT_SEG6_ACTION(76, "long", "struct __sk_buff *skb, __u32 action, void *param, __u32 param_len"),
    /** {@code long bpf_rc_repeat(void *ctx)}. */
    RC_REPEAT(77, "long", "void *ctx"),
    /** {@code long bpf_rc_keydown(void *ctx, __u32 protocol, __u64 scancode, __u32 toggle)}. */
    RC_KEYDOWN(78, "long", "void *ctx, __u32 protocol, __u64 scancode, __u32 toggle"),
    /** {@code __u64 bpf_skb_cgroup_id(struct __sk_buff *skb)}. */
    SKB_CGROUP_ID(79, "__u64", "struct __sk_buff *skb"),
    /** {@code __u64 bpf_get_current_cgroup_id(void)}. */
    GET_CURRENT_CGROUP_ID(80, "__u64", "void"),
    /** {@code void *bpf_get_local_storage(void *map, __u64 flags)}. */
    GET_LOCAL_STORAGE(81, "void *", "void *map, __u64 flags"),
    /** {@code long bpf_sk_select_reuseport(struct sk_reuseport_md *reuse, struct bpf_map *map, void *key, __u64 flags)}. */
    SK_SELECT_REUSEPORT(82, "long", "struct sk_reuseport_md *reuse, struct bpf_map *map, void *key, __u64 flags"),
    /** {@code __u64 bpf_skb_ancestor_cgroup_id(struct __sk_buff *skb, int ancestor_level)}. */
    SKB_ANCESTOR_CGROUP_ID(83, "__u64", "struct __sk_buff *skb, int ancestor_level"),
    /** {@code struct bpf_sock *bpf_sk_lookup_tcp(void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags)}. */
    SK_LOOKUP_TCP(
            84,
            "struct bpf_sock *",
            "void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags"),
    /** {@code struct bpf_sock *bpf_sk_lookup_udp(void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags)}. */
    SK_LOOKUP_UDP(
            85,
            "struct bpf_sock *",
            "void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags"),
    /** {@code long bpf_sk_release(void *sock)}. */
    SK_RELEASE(86, "long", "void *sock"),
    /** {@code long bpf_map_push_elem(struct bpf_map *map, const void *value, __u64 flags)}. */
    MAP_PUSH_ELEM(87, "long", "struct bpf_map *map, const void *value, __u64 flags"),
    /** {@code long bpf_map_pop_elem(struct bpf_map *map, void *value)}. */
    MAP_POP_ELEM(88, "long", "struct bpf_map *map, void *value"),
    /** {@code long bpf_map_peek_elem(struct bpf_map *map, void *value)}. */
    MAP_PEEK_ELEM(89, "long", "struct bpf_map *map, void *value"),
    /** {@code long bpf_msg_push_data(struct sk_msg_md *msg, __u32 start, __u32 len, __u64 flags)}. */
    MSG_PUSH_DATA(90, "long", "struct sk_msg_md *msg, __u32 start, __u32 len, __u64 flags"),
    /** {@code long bpf_msg_pop_data(struct sk_msg_md *msg, __u32 start, __u32 len, __u64 flags)}. */
    MSG_POP_DATA(91, "long", "struct sk_msg_md *msg, __u32 start, __u32 len, __u64 flags"),
    /** {@code long bpf_rc_pointer_rel(void *ctx, __s32 rel_x, __s32 rel_y)}. */
    RC_POINTER_REL(92, "long", "void *ctx, __s32 rel_x, __s32 rel_y"),
    /** {@code long bpf_spin_lock(struct bpf_spin_lock *lock)}. */
    SPIN_LOCK(93, "long", "struct bpf_spin_lock *lock"),
    /** {@code long bpf_spin_unlock(struct bpf_spin_lock *lock)}. */
    SPIN_UNLOCK(94, "long", "struct bpf_spin_lock *lock"),
    /** {@code struct bpf_sock *bpf_sk_fullsock(struct bpf_sock *sk)}. */
    SK_FULLSOCK(95, "struct bpf_sock *", "struct bpf_sock *sk"),
    /** {@code struct bpf_tcp_sock *bpf_tcp_sock(struct bpf_sock *sk)}. */
    TCP_SOCK(96, "struct bpf_tcp_sock *", "struct bpf_sock *sk"),
    /** {@code long bpf_skb_ecn_set_ce(struct __sk_buff *skb)}. */
    SKB_ECN_SET_CE(97, "long", "struct __sk_buff *skb"),
    /** {@code struct bpf_sock *bpf_get_listener_sock(struct bpf_sock *sk)}. */
    GET_LISTENER_SOCK(98, "struct bpf_sock *", "struct bpf_sock *sk"),
    /** {@code struct bpf_sock *bpf_skc_lookup_tcp(void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags)}. */
    SKC_LOOKUP_TCP(
            99,
            "struct bpf_sock *",
            "void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags"),
    /** {@code long bpf_tcp_check_syncookie(void *sk, void *iph, __u32 iph_len, struct tcphdr *th, __u32 th_len)}. */
    TCP_CHECK_SYNCOOKIE(100, "long", "void *sk, void *iph, __u32 iph_len, struct tcphdr *th, __u32 th_len"),
    /** {@code long bpf_sysctl_get_name(struct bpf_sysctl *ctx, char *buf, unsigned long buf_len, __u64 flags)}. */
    SYSCTL_GET_NAME(101, "long", "struct bpf_sysctl *ctx, char *buf, unsigned long buf_len, __u64 flags"),
    /** {@code long bpf_sysctl_get_current_value(struct bpf_sysctl *ctx, char *buf, unsigned long buf_len)}. */
    SYSCTL_GET_CURRENT_VALUE(102, "long", "struct bpf_sysctl *ctx, char *buf, unsigned long buf_len"),
    /** {@code long bpf_sysctl_get_new_value(struct bpf_sysctl *ctx, char *buf, unsigned long buf_len)}. */
    SYSCTL_GET_NEW_VALUE(103, "long", "struct bpf_sysctl *ctx, char *buf, unsigned long buf_len"),
    /** {@code long bpf_sysctl_set_new_value(struct bpf_sysctl *ctx, const char *buf, unsigned long buf_len)}. */
    SYSCTL_SET_NEW_VALUE(104, "long", "struct bpf_sysctl *ctx, const char *buf, unsigned long buf_len"),
    /** {@code long bpf_strtol(const char *buf, unsigned long buf_len, __u64 flags, long *res)}. */
    STRTOL(105, "long", "const char *buf, unsigned long buf_len, __u64 flags, long *res"),
    /** {@code long bpf_strtoul(const char *buf, unsigned long buf_len, __u64 flags, unsigned long *res)}. */
    STRTOUL(106, "long", "const char *buf, unsigned long buf_len, __u64 flags, unsigned long *res"),
    /** {@code void *bpf_sk_storage_get(struct bpf_map *map, void *sk, void *value, __u64 flags)}. */
    SK_STORAGE_GET(107, "void *", "struct bpf_map *map, void *sk, void *value, __u64 flags"),
    /** {@code long bpf_sk_storage_delete(struct bpf_map *map, void *sk)}. */
    SK_STORAGE_DELETE(108, "long", "struct bpf_map *map, void *sk"),
    /** {@code long bpf_send_signal(__u32 sig)}. */
    SEND_SIGNAL(109, "long", "__u32 sig"),
    /** {@code __s64 bpf_tcp_gen_syncookie(void *sk, void *iph, __u32 iph_len, struct tcphdr *th, __u32 th_len)}. */
    TCP_GEN_SYNCOOKIE(110, "__s64", "void *sk, void *iph, __u32 iph_len, struct tcphdr *th, __u32 th_len"),
    /** {@code long bpf_skb_output(void *ctx, struct bpf_map *map, __u64 flags, void *data, __u64 size)}. */
    SKB_OUTPUT(111, "long", "void *ctx, struct bpf_map *map, __u64 flags, void *data, __u64 size"),
    /** {@code long bpf_probe_read_user(void *dst, __u32 size, const void *unsafe_ptr)}. */
    PROBE_READ_USER(112, "long", "void *dst, __u32 size, const void *unsafe_ptr"),
    /** {@code long bpf_probe_read_kernel(void *dst, __u32 size, const void *unsafe_ptr)}. */
    PROBE_READ_KERNEL(113, "long", "void *dst, __u32 size, const void *unsafe_ptr"),
    /** {@code long bpf_probe_read_user_str(void *dst, __u32 size, const void *unsafe_ptr)}. */
    PROBE_READ_USER_STR(114, "long", "void *dst, __u32 size, const void *unsafe_ptr"),
    /** {@code long bpf_probe_read_kernel_str(void *dst, __u32 size, const void *unsafe_ptr)}. */
    PROBE_READ_KERNEL_STR(115, "long", "void *dst, __u32 size, const void *unsafe_ptr"),
    /** {@code long bpf_tcp_send_ack(void *tp, __u32 rcv_nxt)}. */
    TCP_SEND_ACK(116, "long", "void *tp, __u32 rcv_nxt"),
    /** {@code long bpf_send_signal_thread(__u32 sig)}. */
    SEND_SIGNAL_THREAD(117, "long", "__u32 sig"),
    /** {@code __u64 bpf_jiffies64(void)}. */
    JIFFIES64(118, "__u64", "void"),
    /** {@code long bpf_read_branch_records(struct bpf_perf_event_data *ctx, void *buf, __u32 size, __u64 flags)}. */
    READ_BRANCH_RECORDS(119, "long", "struct bpf_perf_event_data *ctx, void *buf, __u32 size, __u64 flags"),
    /** {@code long bpf_get_ns_current_pid_tgid(__u64 dev, __u64 ino, struct bpf_pidns_info *nsdata, __u32 size)}. */
    GET_NS_CURRENT_PID_TGID(120, "long", "__u64 dev, __u64 ino, struct bpf_pidns_info *nsdata, __u32 size"),
    /** {@code long bpf_xdp_output(void *ctx, struct bpf_map *map, __u64 flags, void *data, __u64 size)}. */
    XDP_OUTPUT(121, "long", "void *ctx, struct bpf_map *map, __u64 flags, void *data, __u64 size"),
    /** {@code __u64 bpf_get_netns_cookie(void *ctx)}. */
    GET_NETNS_COOKIE(122, "__u64", "void *ctx"),
    /** {@code __u64 bpf_get_current_ancestor_cgroup_id(int ancestor_level)}. */
    GET_CURRENT_ANCESTOR_CGROUP_ID(123, "__u64", "int ancestor_level"),
    /** {@code long bpf_sk_assign(void *ctx, void *sk, __u64 flags)}. */
    SK_ASSIGN(124, "long", "void *ctx, void *sk, __u64 flags"),
    /** {@code __u64 bpf_ktime_get_boot_ns(void)}. */
    KTIME_GET_BOOT_NS(125, "__u64", "void"),
    /** {@code long bpf_seq_printf(struct seq_file *m, const char *fmt, __u32 fmt_size, const void *data, __u32 data_len)}. */
    SEQ_PRINTF(126, "long", "struct seq_file *m, const char *fmt, __u32 fmt_size, const void *data, __u32 data_len"),
    /** {@code long bpf_seq_write(struct seq_file *m, const void *data, __u32 len)}. */
    SEQ_WRITE(127, "long", "struct seq_file *m, const void *data, __u32 len"),
    /** {@code __u64 bpf_sk_cgroup_id(void *sk)}. */
    SK_CGROUP_ID(128, "__u64", "void *sk"),
    /** {@code __u64 bpf_sk_ancestor_cgroup_id(void *sk, int ancestor_level)}. */
    SK_ANCESTOR_CGROUP_ID(129, "__u64", "void *sk, int ancestor_level"),
    /** {@code long bpf_ringbuf_output(void *ringbuf, void *data, __u64 size, __u64 flags)}. */
    RINGBUF_OUTPUT(130, "long", "void *ringbuf, void *data, __u64 size, __u64 flags"),
    /** {@code void *bpf_ringbuf_reserve(void *ringbuf, __u64 size, __u64 flags)}. */
    RINGBUF_RESERVE(131, "void *", "void *ringbuf, __u64 size, __u64 flags"),
    /** {@code void bpf_ringbuf_submit(void *data, __u64 flags)}. */
    RINGBUF_SUBMIT(132, "void", "void *data, __u64 flags"),
    /** {@code void bpf_ringbuf_discard(void *data, __u64 flags)}. */
    RINGBUF_DISCARD(133, "void", "void *data, __u64 flags"),
    /** {@code __u64 bpf_ringbuf_query(void *ringbuf, __u64 flags)}. */
    RINGBUF_QUERY(134, "__u64", "void *ringbuf, __u64 flags"),
    /** {@code long bpf_csum_level(struct __sk_buff *skb, __u64 level)}. */
    CSUM_LEVEL(135, "long", "struct __sk_buff *skb, __u64 level"),
    /** {@code struct tcp6_sock *bpf_skc_to_tcp6_sock(void *sk)}. */
    SKC_TO_TCP6_SOCK(136, "struct tcp6_sock *", "void *sk"),
    /** {@code struct tcp_sock *bpf_skc_to_tcp_sock(void *sk)}. */
    SKC_TO_TCP_SOCK(137, "struct tcp_sock *", "void *sk"),
    /** {@code struct tcp_timewait_sock *bpf_skc_to_tcp_timewait_sock(void *sk)}. */
    SKC_TO_TCP_TIMEWAIT_SOCK(138, "struct tcp_timewait_sock *", "void *sk"),
    /** {@code struct tcp_request_sock *bpf_skc_to_tcp_request_sock(void *sk)}. */
    SKC_TO_TCP_REQUEST_SOCK(139, "struct tcp_request_sock *", "void *sk"),
    /** {@code struct udp6_sock *bpf_skc_to_udp6_sock(void *sk)}. */
    SKC_TO_UDP6_SOCK(140, "struct udp6_sock *", "void *sk"),
    /** {@code long bpf_get_task_stack(struct task_struct *task, void *buf, __u32 size, __u64 flags)}. */
    GET_TASK_STACK(141, "long", "struct task_struct *task, void *buf, __u32 size, __u64 flags"),
    /** {@code long bpf_load_hdr_opt(struct bpf_sock_ops *skops, void *searchby_res, __u32 len, __u64 flags)}. */
    LOAD_HDR_OPT(142, "long", "struct bpf_sock_ops *skops, void *searchby_res, __u32 len, __u64 flags"),
    /** {@code long bpf_store_hdr_opt(struct bpf_sock_ops *skops, const void *from, __u32 len, __u64 flags)}. */
    STORE_HDR_OPT(143, "long", "struct bpf_sock_ops *skops, const void *from, __u32 len, __u64 flags"),
    /** {@code long bpf_reserve_hdr_opt(struct bpf_sock_ops *skops, __u32 len, __u64 flags)}. */
    RESERVE_HDR_OPT(144, "long", "struct bpf_sock_ops *skops, __u32 len, __u64 flags"),
    /** {@code void *bpf_inode_storage_get(struct bpf_map *map, void *inode, void *value, __u64 flags)}. */
    INODE_STORAGE_GET(145, "void *", "struct bpf_map *map, void *inode, void *value, __u64 flags"),
    /** {@code int bpf_inode_storage_delete(struct bpf_map *map, void *inode)}. */
    INODE_STORAGE_DELETE(146, "int", "struct bpf_map *map, void *inode"),
    /** {@code long bpf_d_path(const struct path *path, char *buf, __u32 sz)}. */
    D_PATH(147, "long", "const struct path *path, char *buf, __u32 sz"),
    /** {@code long bpf_copy_from_user(void *dst, __u32 size, const void *user_ptr)}. */
    COPY_FROM_USER(148, "long", "void *dst, __u32 size, const void *user_ptr"),
    /** {@code long bpf_snprintf_btf(char *str, __u32 str_size, struct btf_ptr *ptr, __u32 btf_ptr_size, __u64 flags)}. */
    SNPRINTF_BTF(149, "long", "char *str, __u32 str_size, struct btf_ptr *ptr, __u32 btf_ptr_size, __u64 flags"),
    /** {@code long bpf_seq_printf_btf(struct seq_file *m, struct btf_ptr *ptr, __u32 ptr_size, __u64 flags)}. */
    SEQ_PRINTF_BTF(150, "long", "struct seq_file *m, struct btf_ptr *ptr, __u32 ptr_size, __u64 flags"),
    /** {@code __u64 bpf_skb_cgroup_classid(struct __sk_buff *skb)}. */
    SKB_CGROUP_CLASSID(151, "__u64", "struct __sk_buff *skb"),
    /** {@code long bpf_redirect_neigh(__u32 ifindex, struct bpf_redir_neigh *params, int plen, __u64 flags)}. */
    REDIRECT_NEIGH(152, "long", "__u32 ifindex, struct bpf_redir_neigh *params, int plen, __u64 flags"),
    /** {@code void *bpf_per_cpu_ptr(const void *percpu_ptr, __u32 cpu)}. */
    PER_CPU_PTR(153, "void *", "const void *percpu_ptr, __u32 cpu"),
    /** {@code void *bpf_this_cpu_ptr(const void *percpu_ptr)}. */
    THIS_CPU_PTR(154, "void *", "const void *percpu_ptr"),
    /** {@code long bpf_redirect_peer(__u32 ifindex, __u64 flags)}. */
    REDIRECT_PEER(155, "long", "__u32 ifindex, __u64 flags"),
    /** {@code void *bpf_task_storage_get(struct bpf_map *map, struct task_struct *task, void *value, __u64 flags)}. */
    TASK_STORAGE_GET(156, "void *", "struct bpf_map *map, struct task_struct *task, void *value, __u64 flags"),
    /** {@code long bpf_task_storage_delete(struct bpf_map *map, struct task_struct *task)}. */
    TASK_STORAGE_DELETE(157, "long", "struct bpf_map *map, struct task_struct *task"),
    /** {@code struct task_struct *bpf_get_current_task_btf(void)}. */
    GET_CURRENT_TASK_BTF(158, "struct task_struct *", "void"),
    /** {@code long bpf_bprm_opts_set(struct linux_binprm *bprm, __u64 flags)}. */
    BPRM_OPTS_SET(159, "long", "struct linux_binprm *bprm, __u64 flags"),
    /** {@code __u64 bpf_ktime_get_coarse_ns(void)}. */
    KTIME_GET_COARSE_NS(160, "__u64", "void"),
    /** {@code long bpf_ima_inode_hash(struct inode *inode, void *dst, __u32 size)}. */
    IMA_INODE_HASH(161, "long", "struct inode *inode, void *dst, __u32 size"),
    /** {@code struct socket *bpf_sock_from_file(struct file *file)}. */
    SOCK_FROM_FILE(162, "struct socket *", "struct file *file"),
    /** {@code long bpf_check_mtu(void *ctx, __u32 ifindex, __u32 *mtu_len, __s32 len_diff, __u64 flags)}. */
    CHECK_MTU(163, "long", "void *ctx, __u32 ifindex, __u32 *mtu_len, __s32 len_diff, __u64 flags"),
    /** {@code long bpf_for_each_map_elem(struct bpf_map *map, void *callback_fn, void *callback_ctx, __u64 flags)}. */
    FOR_EACH_MAP_ELEM(164, "long", "struct bpf_map *map, void *callback_fn, void *callback_ctx, __u64 flags"),
    /** {@code long bpf_snprintf(char *str, __u32 str_size, const char *fmt, __u64 *data, __u32 data_len)}. */
    SNPRINTF(165, "long", "char *str, __u32 str_size, const char *fmt, __u64 *data, __u32 data_len"),
    /** {@code long bpf_sys_bpf(__u32 cmd, void *attr, __u32 attr_size)}. */
    SYS_BPF(166, "long", "__u32 cmd, void *attr, __u32 attr_size"),
    /** {@code long bpf_btf_find_by_name_kind(char *name, int name_sz, __u32 kind, int flags)}. */
    BTF_FIND_BY_NAME_KIND(167, "long", "char *name, int name_sz, __u32 kind, int flags"),
    /** {@code long bpf_sys_close(__u32 fd)}. */
    SYS_CLOSE(168, "long", "__u32 fd"),
    /** {@code long bpf_timer_init(struct bpf_timer *timer, struct bpf_map *map, __u64 flags)}. */
    TIMER_INIT(169, "long", "struct bpf_timer *timer, struct bpf_map *map, __u64 flags"),
    /** {@code long bpf_timer_set_callback(struct bpf_timer *timer, void *callback_fn)}. */
    TIMER_SET_CALLBACK(170, "long", "struct bpf_timer *timer, void *callback_fn"),
    /** {@code long bpf_timer_start(struct bpf_timer *timer, __u64 nsecs, __u64 flags)}. */
    TIMER_START(171, "long", "struct bpf_timer *timer, __u64 nsecs, __u64 flags"),
    /** {@code long bpf_timer_cancel(struct bpf_timer *timer)}. */
    TIMER_CANCEL(172, "long", "struct bpf_timer *timer"),
    /** {@code __u64 bpf_get_func_ip(void *ctx)}. */
    GET_FUNC_IP(173, "__u64", "void *ctx"),
    /** {@code __u64 bpf_get_attach_cookie(void *ctx)}. */
    GET_ATTACH_COOKIE(174, "__u64", "void *ctx"),
    /** {@code long bpf_task_pt_regs(struct task_struct *task)}. */
    TASK_PT_REGS(175, "long", "struct task_struct *task"),
    /** {@code long bpf_get_branch_snapshot(void *entries, __u32 size, __u64 flags)}. */
    GET_BRANCH_SNAPSHOT(176, "long", "void *entries, __u32 size, __u64 flags"),
    /** {@code long bpf_trace_vprintk(const char *fmt, __u32 fmt_size, const void *data, __u32 data_len)}. */
    TRACE_VPRINTK(177, "long", "const char *fmt, __u32 fmt_size, const void *data, __u32 data_len"),
    /** {@code struct unix_sock *bpf_skc_to_unix_sock(void *sk)}. */
    SKC_TO_UNIX_SOCK(178, "struct unix_sock *", "void *sk"),
    /** {@code long bpf_kallsyms_lookup_name(const char *name, int name_sz, int flags, __u64 *res)}. */
    KALLSYMS_LOOKUP_NAME(179, "long", "const char *name, int name_sz, int flags, __u64 *res"),
    /** {@code long bpf_find_vma(struct task_struct *task, __u64 addr, void *callback_fn, void *callback_ctx, __u64 flags)}. */
    FIND_VMA(180, "long", "struct task_struct *task, __u64 addr, void *callback_fn, void *callback_ctx, __u64 flags"),
    /** {@code long bpf_loop(__u32 nr_loops, void *callback_fn, void *callback_ctx, __u64 flags)}. */
    LOOP(181, "long", "__u32 nr_loops, void *callback_fn, void *callback_ctx, __u64 flags"),
    /** {@code long bpf_strncmp(const char *s1, __u32 s1_sz, const char *s2)}. */
    STRNCMP(182, "long", "const char *s1, __u32 s1_sz, const char *s2"),
    /** {@code long bpf_get_func_arg(void *ctx, __u32 n, __u64 *value)}. */
    GET_FUNC_ARG(183, "long", "void *ctx, __u32 n, __u64 *value"),
    /** {@code long bpf_get_func_ret(void *ctx, __u64 *value)}. */
    GET_FUNC_RET(184, "long", "void *ctx, __u64 *value"),
    /** {@code long bpf_get_func_arg_cnt(void *ctx)}. */
    GET_FUNC_ARG_CNT(185, "long", "void *ctx"),
    /** {@code int bpf_get_retval(void)}. */
    GET_RETVAL(186, "int", "void"),
    /** {@code int bpf_set_retval(int retval)}. */
    SET_RETVAL(187, "int", "int retval"),
    /** {@code __u64 bpf_xdp_get_buff_len(struct xdp_md *xdp_md)}. */
    XDP_GET_BUFF_LEN(188, "__u64", "struct xdp_md *xdp_md"),
    /** {@code long bpf_xdp_load_bytes(struct xdp_md *xdp_md, __u32 offset, void *buf, __u32 len)}. */
    XDP_LOAD_BYTES(189, "long", "struct xdp_md *xdp_md, __u32 offset, void *buf, __u32 len"),
    /** {@code long bpf_xdp_store_bytes(struct xdp_md *xdp_md, __u32 offset, void *buf, __u32 len)}. */
    XDP_STORE_BYTES(190, "long", "struct xdp_md *xdp_md, __u32 offset, void *buf, __u32 len"),
    /** {@code long bpf_copy_from_user_task(void *dst, __u32 size, const void *user_ptr, struct task_struct *tsk, __u64 flags)}. */
    COPY_FROM_USER_TASK(
            191, "long", "void *dst, __u32 size, const void *user_ptr, struct task_struct *tsk, __u64 flags"),
    /** {@code long bpf_skb_set_tstamp(struct __sk_buff *skb, __u64 tstamp, __u32 tstamp_type)}. */
    SKB_SET_TSTAMP(192, "long", "struct __sk_buff *skb, __u64 tstamp, __u32 tstamp_type"),
    /** {@code long bpf_ima_file_hash(struct file *file, void *dst, __u32 size)}. */
    IMA_FILE_HASH(193, "long", "struct file *file, void *dst, __u32 size"),
    /** {@code void *bpf_kptr_xchg(void *dst, void *ptr)}. */
    KPTR_XCHG(194, "void *", "void *dst, void *ptr"),
    /** {@code void *bpf_map_lookup_percpu_elem(struct bpf_map *map, const void *key, __u32 cpu)}. */
    MAP_LOOKUP_PERCPU_ELEM(195, "void *", "struct bpf_map *map, const void *key, __u32 cpu"),
    /** {@code struct mptcp_sock *bpf_skc_to_mptcp_sock(void *sk)}. */
    SKC_TO_MPTCP_SOCK(196, "struct mptcp_sock *", "void *sk"),
    /** {@code long bpf_dynptr_from_mem(void *data, __u64 size, __u64 flags, struct bpf_dynptr *ptr)}. */
    DYNPTR_FROM_MEM(197, "long", "void *data, __u64 size, __u64 flags, struct bpf_dynptr *ptr"),
    /** {@code long bpf_ringbuf_reserve_dynptr(void *ringbuf, __u32 size, __u64 flags, struct bpf_dynptr *ptr)}. */
    RINGBUF_RESERVE_DYNPTR(198, "long", "void *ringbuf, __u32 size, __u64 flags, struct bpf_dynptr *ptr"),
    /** {@code void bpf_ringbuf_submit_dynptr(struct bpf_dynptr *ptr, __u64 flags)}. */
    RINGBUF_SUBMIT_DYNPTR(199, "void", "struct bpf_dynptr *ptr, __u64 flags"),
    /** {@code void bpf_ringbuf_discard_dynptr(struct bpf_dynptr *ptr, __u64 flags)}. */
    RINGBUF_DISCARD_DYNPTR(200, "void", "struct bpf_dynptr *ptr, __u64 flags"),
    /** {@code long bpf_dynptr_read(void *dst, __u64 len, const struct bpf_dynptr *src, __u64 offset, __u64 flags)}. */
    DYNPTR_READ(201, "long", "void *dst, __u64 len, const struct bpf_dynptr *src, __u64 offset, __u64 flags"),
    /** {@code long bpf_dynptr_write(const struct bpf_dynptr *dst, __u64 offset, void *src, __u64 len, __u64 flags)}. */
    DYNPTR_WRITE(202, "long", "const struct bpf_dynptr *dst, __u64 offset, void *src, __u64 len, __u64 flags"),
    /** {@code void *bpf_dynptr_data(const struct bpf_dynptr *ptr, __u64 offset, __u64 len)}. */
    DYNPTR_DATA(203, "void *", "const struct bpf_dynptr *ptr, __u64 offset, __u64 len"),
    /** {@code __s64 bpf_tcp_raw_gen_syncookie_ipv4(struct iphdr *iph, struct tcphdr *th, __u32 th_len)}. */
    TCP_RAW_GEN_SYNCOOKIE_IPV4(204, "__s64", "struct iphdr *iph, struct tcphdr *th, __u32 th_len"),
    /** {@code __s64 bpf_tcp_raw_gen_syncookie_ipv6(struct ipv6hdr *iph, struct tcphdr *th, __u32 th_len)}. */
    TCP_RAW_GEN_SYNCOOKIE_IPV6(205, "__s64", "struct ipv6hdr *iph, struct tcphdr *th, __u32 th_len"),
    /** {@code long bpf_tcp_raw_check_syncookie_ipv4(struct iphdr *iph, struct tcphdr *th)}. */
    TCP_RAW_CHECK_SYNCOOKIE_IPV4(206, "long", "struct iphdr *iph, struct tcphdr *th"),
    /** {@code long bpf_tcp_raw_check_syncookie_ipv6(struct ipv6hdr *iph, struct tcphdr *th)}. */
    TCP_RAW_CHECK_SYNCOOKIE_IPV6(207, "long", "struct ipv6hdr *iph, struct tcphdr *th"),
    /** {@code __u64 bpf_ktime_get_tai_ns(void)}. */
    KTIME_GET_TAI_NS(208, "__u64", "void"),
    /** {@code long bpf_user_ringbuf_drain(struct bpf_map *map, void *callback_fn, void *ctx, __u64 flags)}. */
    USER_RINGBUF_DRAIN(209, "long", "struct bpf_map *map, void *callback_fn, void *ctx, __u64 flags"),
    /** {@code void *bpf_cgrp_storage_get(struct bpf_map *map, struct cgroup *cgroup, void *value, __u64 flags)}. */
    CGRP_STORAGE_GET(210, "void *", "struct bpf_map *map, struct cgroup *cgroup, void *value, __u64 flags"),
    /** {@code long bpf_cgrp_storage_delete(struct bpf_map *map, struct cgroup *cgroup)}. */
    CGRP_STORAGE_DELETE(211, "long", "struct bpf_map *map, struct cgroup *cgroup");

    private static final Map<Integer, Helper> BY_ID = indexBy(Helper::id);
    private static final Map<String, Helper> BY_NAME = indexBy(Helper::functionName);

    private final int id;
    private final String returnType;
    private final String parameters;

    Helper(int id, String returnType, String parameters) {
        this.id = id;
        this.returnType = returnType;
        this.parameters = parameters;
    }

    /**
     * {@return the helper of the given number, or nothing if this version knows none}
     *
     * @param id the number in the call instruction
     */
    public static Optional<Helper> find(int id) {
        return Optional.ofNullable(BY_ID.get(id));
    }

    /**
     * {@return the helper of the given C name, or nothing if there is none}
     *
     * @param functionName such as {@code bpf_map_lookup_elem}
     */
    public static Optional<Helper> find(String functionName) {
        return Optional.ofNullable(BY_NAME.get(functionName));
    }

    /** {@return the number in the call instruction} */
    public int id() {
        return id;
    }

    /** {@return the C name, as in {@code bpf_map_lookup_elem}} */
    public String functionName() {
        return "bpf_" + name().toLowerCase(Locale.ROOT);
    }

    /** {@return the C return type; {@code void} if the helper returns nothing of use} */
    public String returnType() {
        return returnType;
    }

    /** {@return the C parameters, type and name each; the last may be {@code ...}, for up to three more values} */
    public List<String> parameters() {
        return parameters.equals("void") ? List.of() : List.of(parameters.split(", "));
    }

    private static <K> Map<K, Helper> indexBy(Function<Helper, K> key) {
        return Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(key, Function.identity()));
    }
}
