// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A small program for each kind of section: type, attach type, flags and attach target follow from its name.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

struct seen {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, struct seen);
} seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, 32 * sizeof(__u64));
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} of_cgroup SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 16);
	__type(value, __u32);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 100);
	__uint(map_extra, 3);
	__type(value, __u32);
} bloom SEC(".maps");

const volatile __u16 port = 80;
__u64 calls;

static __noinline int count(__u32 key, __u32 bytes)
{
	struct seen *old = bpf_map_lookup_elem(&seen, &key), fresh = { 1, bytes };

	if (!old)
		return bpf_map_update_elem(&seen, &key, &fresh, BPF_ANY);
	old->packets++;
	old->bytes += bytes;
	return 0;
}

static __always_inline int is_wanted(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end || eth->h_proto != bpf_htons(0x0800) || ip->protocol != 6)
		return 0;
	return tcp->dest == bpf_htons(port);
}

#define PACKET_PROGRAM(section, name, context, verdict)                                   \
	SEC(section) int name(struct context *ctx)                                        \
	{                                                                                 \
		if (is_wanted((void *)(long)ctx->data, (void *)(long)ctx->data_end))      \
			count(1, ctx->data_end - ctx->data);                              \
		return verdict;                                                           \
	}

PACKET_PROGRAM("xdp", on_xdp, xdp_md, XDP_PASS)
PACKET_PROGRAM("xdp.frags", on_xdp_frags, xdp_md, XDP_PASS)
PACKET_PROGRAM("xdp/devmap", on_xdp_devmap, xdp_md, XDP_PASS)
PACKET_PROGRAM("xdp/cpumap", on_xdp_cpumap, xdp_md, XDP_PASS)
PACKET_PROGRAM("tc", on_tc, __sk_buff, 0)
PACKET_PROGRAM("tc/ingress", on_tc_ingress, __sk_buff, 0)
PACKET_PROGRAM("tcx/egress", on_tcx_egress, __sk_buff, 0)
PACKET_PROGRAM("classifier", on_classifier, __sk_buff, 0)
PACKET_PROGRAM("action", on_action, __sk_buff, 0)
PACKET_PROGRAM("netkit/peer", on_netkit, __sk_buff, 0)
PACKET_PROGRAM("lwt_in", on_lwt_in, __sk_buff, 0)
PACKET_PROGRAM("lwt_xmit", on_lwt_xmit, __sk_buff, 0)
PACKET_PROGRAM("lwt_seg6local", on_lwt_seg6local, __sk_buff, 0)
PACKET_PROGRAM("sk_skb/stream_verdict", on_stream_verdict, __sk_buff, SK_PASS)
PACKET_PROGRAM("sk_skb/stream_parser", on_stream_parser, __sk_buff, 0)
PACKET_PROGRAM("cgroup_skb/ingress", on_cgroup_ingress, __sk_buff, 1)
PACKET_PROGRAM("cgroup_skb/egress", on_cgroup_egress, __sk_buff, 1)
PACKET_PROGRAM("cgroup/skb", on_cgroup_skb, __sk_buff, 1)
PACKET_PROGRAM("flow_dissector", on_flow_dissector, __sk_buff, BPF_OK)

/* Loads of packet bytes by the oldest instructions. */
unsigned long long load_byte(void *skb, unsigned long long at) asm("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long at) asm("llvm.bpf.load.half");
unsigned long long load_word(void *skb, unsigned long long at) asm("llvm.bpf.load.word");

SEC("socket")
int on_socket(struct __sk_buff *ctx)
{
	if (load_half(ctx, 12) != 0x0800)
		return 0;
	return load_byte(ctx, 14 + (load_byte(ctx, 14) & 15) * 4) + load_word(ctx, 26);
}

SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	return bpf_redirect_map(&devices, ctx->rx_queue_index, XDP_DROP);
}

SEC("sk_msg")
int on_sk_msg(struct sk_msg_md *ctx)
{
	return bpf_msg_redirect_map(ctx, &sockets, 1, BPF_F_INGRESS);
}

SEC("sockops")
int on_sockops(struct bpf_sock_ops *ctx)
{
	__u32 key = ctx->local_port;

	if (ctx->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
		bpf_sock_map_update(ctx, &sockets, &key, BPF_ANY);
	return 1;
}

SEC("sk_lookup")
int on_sk_lookup(struct bpf_sk_lookup *ctx)
{
	return ctx->local_port == port ? SK_DROP : SK_PASS;
}

SEC("sk_reuseport")
int on_sk_reuseport(struct sk_reuseport_md *ctx)
{
	return ctx->len > 10 ? SK_PASS : SK_DROP;
}

SEC("sk_reuseport/migrate")
int on_sk_reuseport_migrate(struct sk_reuseport_md *ctx)
{
	return ctx->migrating_sk ? SK_PASS : SK_DROP;
}

SEC("cgroup/connect4")
int on_connect4(struct bpf_sock_addr *ctx)
{
	return ctx->user_port != bpf_htons(port);
}

SEC("cgroup/sendmsg6")
int on_sendmsg6(struct bpf_sock_addr *ctx)
{
	ctx->user_ip6[3] = bpf_htonl(1);
	return 1;
}

SEC("cgroup/sock_create")
int on_sock_create(struct bpf_sock *ctx)
{
	return ctx->family != 17;
}

SEC("cgroup/post_bind4")
int on_post_bind4(struct bpf_sock *ctx)
{
	return ctx->src_port != port;
}

SEC("cgroup/sysctl")
int on_sysctl(struct bpf_sysctl *ctx)
{
	char name[16];

	return ctx->write ? bpf_sysctl_get_name(ctx, name, sizeof(name), 0) > 0 : 1;
}

SEC("cgroup/getsockopt")
int on_getsockopt(struct bpf_sockopt *ctx)
{
	return ctx->level != 1;
}

SEC("cgroup/dev")
int on_device(struct bpf_cgroup_dev_ctx *ctx)
{
	return (ctx->access_type & 0xffff) == 2 && ctx->major == 1;
}

SEC("perf_event")
int on_perf_event(struct bpf_perf_event_data *ctx)
{
	__u64 period = ctx->sample_period;

	bpf_get_stackid(ctx, &stacks, 0);
	bpf_perf_event_output(ctx, &samples, BPF_F_CURRENT_CPU, &period, sizeof(period));
	return 0;
}

SEC("kprobe/do_unlinkat")
int BPF_KPROBE(on_kprobe, int dfd, struct filename *name)
{
	count(dfd, (long)BPF_CORE_READ(name, name));
	return 0;
}

SEC("kretprobe/do_unlinkat")
int BPF_KRETPROBE(on_kretprobe, long ret)
{
	return count(ret, 0);
}

SEC("ksyscall/unlinkat")
int on_ksyscall(struct pt_regs *ctx)
{
	return count(PT_REGS_PARM1(ctx), 0);
}

SEC("uprobe//bin/true:main")
int BPF_UPROBE(on_uprobe, int argc)
{
	return count(argc, 0);
}

SEC("uprobe.multi//bin/true:ma*")
int on_uprobe_multi(struct pt_regs *ctx)
{
	return count(PT_REGS_PARM1(ctx), bpf_get_attach_cookie(ctx));
}

SEC("kprobe.multi/tcp_*")
int on_kprobe_multi(struct pt_regs *ctx)
{
	return count(bpf_get_func_ip(ctx), 0);
}

SEC("tracepoint/syscalls/sys_enter_openat")
int on_tracepoint(struct trace_event_raw_sys_enter *ctx)
{
	__u32 value = ctx->args[0];

	return bpf_map_push_elem(&queue, &value, BPF_ANY) + bpf_map_push_elem(&bloom, &value, BPF_ANY);
}

SEC("raw_tracepoint/sched_switch")
int on_raw_tracepoint(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *next = (void *)ctx->args[2];

	return count(BPF_CORE_READ(next, tgid), 0);
}

SEC("raw_tp.w/sched_switch")
int on_writable_tracepoint(struct bpf_raw_tracepoint_args *ctx)
{
	calls += ctx->args[0];
	return 0;
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_tp_btf, struct cgroup *cgroup, const char *path)
{
	__u64 *value = bpf_cgrp_storage_get(&of_cgroup, cgroup, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (value)
		*value += cgroup->level;
	return 0;
}

SEC("fentry/vfs_read")
int BPF_PROG(on_fentry, struct file *file)
{
	calls += file->f_flags;
	return 0;
}

SEC("fexit.s/vfs_write")
int BPF_PROG(on_fexit, struct file *file, const char *buf, size_t count, loff_t *pos, ssize_t ret)
{
	calls += ret;
	return 0;
}

SEC("fmod_ret/security_file_open")
int BPF_PROG(on_fmod_ret, struct file *file, int ret)
{
	return ret;
}

SEC("lsm/file_open")
int BPF_PROG(on_lsm, struct file *file)
{
	calls += file->f_mode;
	return 0;
}

SEC("lsm.s/bprm_committed_creds")
void BPF_PROG(on_lsm_sleepable, struct linux_binprm *bprm)
{
	calls++;
}

SEC("lsm_cgroup/socket_bind")
int BPF_PROG(on_lsm_cgroup, struct socket *sock)
{
	return 1;
}

SEC("iter/task")
int on_iter_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (task)
		BPF_SEQ_PRINTF(ctx->meta->seq, "%d %s\n", task->pid, task->comm);
	return 0;
}

SEC("iter.s/bpf_map")
int on_iter_map(struct bpf_iter__bpf_map *ctx)
{
	calls += ctx->map != 0;
	return 0;
}

SEC("netfilter")
int on_netfilter(struct bpf_nf_ctx *ctx)
{
	return ctx->state->hook == 1 ? 1 : 0;
}

SEC("syscall")
int on_syscall(struct bpf_sysctl *ctx)
{
	int i, sum = 0;

	bpf_for(i, 0, 10)
		sum += i;
	return sum;
}

extern const struct rq runqueues __ksym __weak;

/* Kernels that list no variables in kallsyms refuse this one. */
SEC("raw_tp/sys_exit")
int kernel_variable(void *ctx)
{
	struct rq *rq = bpf_per_cpu_ptr(&runqueues, 0);

	if (rq)
		calls += rq->cpu;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
