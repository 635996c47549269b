/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A TCP congestion control in three functions, and another that takes its place. */
#include <bpf/bpf_helpers.h>

struct sock {};

extern void tcp_reno_cong_avoid(struct sock *sk, __u32 ack, __u32 acked) __ksym;

/* The kernel's struct in another order, with members that no kernel has. */
struct tcp_congestion_ops___ours {
	char name[16];
	__u32 (*undo_cwnd)(struct sock *sk);
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 flags;
	int in_no_kernel;
	void (*in_no_kernel_either)(struct sock *sk);
};

SEC("struct_ops/ssthresh")
__u64 ssthresh(__u64 *ctx)
{
	return 8;
}

SEC("struct_ops/ssthresh")
__u64 ssthresh_new(__u64 *ctx)
{
	return 9;
}

SEC("struct_ops/undo_cwnd")
__u64 undo_cwnd(__u64 *ctx)
{
	return 10;
}

SEC("struct_ops/cong_avoid")
__u64 cong_avoid(__u64 *ctx)
{
	tcp_reno_cong_avoid((struct sock *)ctx[0], ctx[1], ctx[2]);
	return 0;
}

SEC("struct_ops/in_no_kernel_either")
__u64 in_no_kernel(__u64 *ctx)
{
	return 0;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops___ours linked = {
	.name = "ebpf4j_linked",
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
};

SEC(".struct_ops.link")
struct tcp_congestion_ops___ours linked_new = {
	.name = "ebpf4j_linked",
	.ssthresh = (void *)ssthresh_new,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
};

SEC(".struct_ops")
struct tcp_congestion_ops___ours plain = {
	.name = "ebpf4j_plain",
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
};

SEC("?.struct_ops.link")
struct tcp_congestion_ops___ours newer = {
	.name = "ebpf4j_newer",
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
	.in_no_kernel = 1,
	.in_no_kernel_either = (void *)in_no_kernel,
};

char LICENSE[] SEC("license") = "GPL";
