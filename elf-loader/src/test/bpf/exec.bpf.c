/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The shape of the main job: a hash, a ring buffer, read-only settings, CO-RE reads. */
#include "fixture.h"

struct task_struct {
	int tgid;
	unsigned int exit_code;
	struct task_struct *real_parent;
} __relocatable;

struct event {
	int pid;
	int ppid;
	unsigned exit_code;
	__u64 duration_ns;
	char comm[16];
	_Bool exit_event;
};

struct {
	__uint(type, 1 /* HASH */);
	__uint(max_entries, 8192);
	__type(key, int);
	__type(value, __u64);
} starts SEC(".maps");

struct {
	__uint(type, 27 /* RINGBUF */);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

const volatile __u64 min_duration_ns = 0;
const volatile int target_pid = -1;
__u64 seen;
__u64 dropped = 1;

static __noinline int parent_of(struct task_struct *task)
{
	struct task_struct *parent;
	int tgid = 0;

	bpf_probe_read_kernel(&parent, sizeof(parent), &task->real_parent);
	bpf_probe_read_kernel(&tgid, sizeof(tgid), &parent->tgid);
	return tgid;
}

static int emit(int pid, __u64 duration, _Bool exit_event)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e) {
		__sync_fetch_and_add(&dropped, 1);
		return 0;
	}
	e->pid = pid;
	e->ppid = parent_of(task);
	e->duration_ns = duration;
	e->exit_event = exit_event;
	bpf_probe_read_kernel(&e->exit_code, sizeof(e->exit_code), &task->exit_code);
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("tp/sched/sched_process_exec")
int on_exec(void *ctx)
{
	int pid = bpf_get_current_pid_tgid() >> 32;
	__u64 now = bpf_ktime_get_ns();

	if (target_pid >= 0 && pid != target_pid)
		return 0;
	seen++;
	bpf_map_update_elem(&starts, &pid, &now, 0);
	return min_duration_ns ? 0 : emit(pid, 0, 0);
}

SEC("tp/sched/sched_process_exit")
int on_exit(void *ctx)
{
	int pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *start = bpf_map_lookup_elem(&starts, &pid);
	__u64 duration = start ? bpf_ktime_get_ns() - *start : 0;

	bpf_map_delete_elem(&starts, &pid);
	return duration < min_duration_ns ? 0 : emit(pid, duration, 1);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
