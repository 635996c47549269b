// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Writes records into a ring buffer each time that it is run, until there is no room or as many as asked for; takes messages.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define LARGEST 4096

/* The fields that typed decoding reads; the bytes after them make a record as long as asked for. */
struct peer_sample {
	__u64 number;
	__u64 time;
	__u32 pid;
	__u32 uid;
	__u16 port;
	char comm[16];
};

struct peer_job {
	__u32 count; /* at most */
	__u32 size;  /* bytes of a record; 0: 16, 48, 64 and 160 mixed */
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 256 * 1024);
} requests SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

union {
	struct peer_sample sample;
	char bytes[LARGEST];
} record = {.sample = {.time = 1, .pid = 2, .uid = 3, .port = 4, .comm = "benchmark"}};

struct peer_progress {
	__u32 size;
	__u32 written;
};

/* One of four sizes by a good hash, so that one record in four is as long as the one before. */
static __u32 mixed(__u64 number)
{
	__u32 hash = number;

	hash = (hash ^ hash >> 16) * 0x85ebca6bu;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
	switch (hash >> 30) {
	case 0:
		return 16;
	case 1:
		return 48;
	case 2:
		return 64;
	default:
		return 160;
	}
}

static long one(__u64 number, struct peer_progress *progress)
{
	__u32 size = progress->size ? progress->size : mixed(number);

	if (size < sizeof(__u64) || size > LARGEST)
		return 1;
	record.sample.number = number;
	if (bpf_ringbuf_output(&ring, &record, size, BPF_RB_NO_WAKEUP))
		return 1;
	progress->written++;
	return 0;
}

SEC("syscall")
int produce(struct peer_job *job)
{
	struct peer_progress progress = {.size = job->size};

	bpf_loop(job->count, one, &progress, 0);
	return progress.written;
}

struct perf_progress {
	void *ctx;
	__u32 size;
	__u32 written;
};

static long one_event(__u64 number, struct perf_progress *progress)
{
	if (progress->size < sizeof(__u64) || progress->size > LARGEST)
		return 1;
	record.sample.number = number;
	if (bpf_perf_event_output(progress->ctx, &perf, BPF_F_CURRENT_CPU, &record, progress->size))
		return 1;
	progress->written++;
	return 0;
}

/* The same into a perf buffer: the first argument is the count, the second the size. Syscall programs can't do that. */
SEC("raw_tracepoint")
int produce_perf(struct bpf_raw_tracepoint_args *ctx)
{
	struct perf_progress progress = {.ctx = ctx, .size = ctx->args[1]};

	bpf_loop(ctx->args[0], one_event, &progress, 0);
	return progress.written;
}

static long add(struct bpf_dynptr *message, __u64 *sum)
{
	__u64 number = 0;

	bpf_dynptr_read(&number, sizeof(number), message, 0, 0);
	*sum += number;
	return 0;
}

/* Takes all messages of user space; answers the low half of the sum of their first eight bytes. */
SEC("syscall")
int take(void *unused)
{
	__u64 sum = 0;

	bpf_user_ringbuf_drain(&requests, add, &sum, BPF_RB_NO_WAKEUP);
	return sum;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
