// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Reports process starts and exits.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "events.bpf.h"

#define FILENAME_SIZE 128

struct event {
	__u64 duration_ns; /* life time, on exit */
	__u32 pid;
	__u32 ppid;
	__u32 exit_code;
	__u32 is_exit;
	char comm[16];
	char filename[FILENAME_SIZE]; /* on start */
};

/* Keeps the type in the object's BTF, where user space finds its layout. */
const struct event *event_type __attribute__((unused));

/* Shorter lives are not reported; 0 reports starts, too. */
const volatile __u64 min_duration_ns = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, __u64);
} start_times SEC(".maps");

static __always_inline void describe(struct event *event, __u32 pid)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	event->pid = pid;
	event->ppid = BPF_CORE_READ(task, real_parent, tgid);
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

SEC("tp/sched/sched_process_exec")
int on_exec(struct trace_event_raw_sched_process_exec *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 now = bpf_ktime_get_ns();
	struct event *event;
	unsigned int at;

	bpf_map_update_elem(&start_times, &pid, &now, BPF_ANY);
	if (min_duration_ns)
		return 0;

	event = reserve_event(sizeof(*event));
	if (!event)
		return 0;
	describe(event, pid);
	event->is_exit = 0;
	event->exit_code = 0;
	event->duration_ns = 0;
	at = ctx->__data_loc_filename & 0xffff;
	bpf_probe_read_kernel_str(event->filename, sizeof(event->filename), (void *)ctx + at);
	send_event(ctx, event, sizeof(*event));
	return 0;
}

SEC("tp/sched/sched_process_exit")
int on_exit(void *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 pid = id >> 32;
	__u64 now = bpf_ktime_get_ns();
	__u64 *started, duration = 0;
	struct task_struct *task;
	struct event *event;

	/* A thread that is not its group's leader ends no process. */
	if (pid != (__u32)id)
		return 0;

	started = bpf_map_lookup_elem(&start_times, &pid);
	if (started)
		duration = now - *started;
	else if (min_duration_ns)
		return 0;
	bpf_map_delete_elem(&start_times, &pid);
	if (duration < min_duration_ns)
		return 0;

	event = reserve_event(sizeof(*event));
	if (!event)
		return 0;
	describe(event, pid);
	task = (struct task_struct *)bpf_get_current_task();
	event->is_exit = 1;
	event->exit_code = (BPF_CORE_READ(task, exit_code) >> 8) & 0xff;
	event->duration_ns = duration;
	event->filename[0] = 0;
	send_event(ctx, event, sizeof(*event));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
