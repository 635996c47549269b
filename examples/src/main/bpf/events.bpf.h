// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Sends events through a ring buffer, or for kernels before 5.8 through a perf buffer. User space chooses: it gives the map
// "events" the type BPF_MAP_TYPE_PERF_EVENT_ARRAY and sets use_perf_buffer. The verifier sees only the branch that is taken.

#define MAX_EVENT_SIZE 512

const volatile __u32 use_perf_buffer = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

/* Where an event is put together before a perf buffer copies it. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[MAX_EVENT_SIZE]);
} scratch SEC(".maps");

/* Room for an event of a constant size up to MAX_EVENT_SIZE, or NULL; to be sent in any case. */
static __always_inline void *reserve_event(__u64 size)
{
	__u32 zero = 0;

	if (use_perf_buffer)
		return bpf_map_lookup_elem(&scratch, &zero);
	return bpf_ringbuf_reserve(&events, size, 0);
}

static __always_inline void send_event(void *ctx, void *event, __u64 size)
{
	if (use_perf_buffer)
		bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, event, size);
	else
		bpf_ringbuf_submit(event, 0);
}
