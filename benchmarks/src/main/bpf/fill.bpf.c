// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Fills a ring buffer with records of 64 bytes, as many as fit, each time that it is run.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define RECORD 64
#define STRIDE (RECORD + 8)
#define RING (256 * 1024)

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

static long one(__u64 number, void *unused)
{
	__u64 record[RECORD / 8] = {number};

	return bpf_ringbuf_output(&ring, record, sizeof(record), BPF_RB_NO_WAKEUP) != 0;
}

SEC("syscall")
int fill(void *ctx)
{
	return bpf_loop(RING / STRIDE, one, 0, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
