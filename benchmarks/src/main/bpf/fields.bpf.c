// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Two programs that read some 50 fields of 11 kernel structs: what loading costs a program that looks around.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "GPL";

struct record {
	u64 numbers[32];
	char comm[16];
};

const volatile u32 skipped_pid = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u32);
	__type(value, struct record);
} last SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __always_inline void look(struct task_struct *task, struct record *to)
{
	u64 *n = to->numbers;

	n[0] = BPF_CORE_READ(task, real_parent, tgid);
	n[1] = BPF_CORE_READ(task, group_leader, pid);
	n[2] = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	n[3] = BPF_CORE_READ(task, nsproxy, uts_ns, ns.inum);
	n[4] = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
	n[5] = BPF_CORE_READ(task, cred, uid.val);
	n[6] = BPF_CORE_READ(task, cred, gid.val);
	n[7] = BPF_CORE_READ(task, mm, total_vm);
	n[8] = BPF_CORE_READ(task, mm, arg_start);
	n[9] = BPF_CORE_READ(task, mm, exe_file, f_flags);
	n[10] = BPF_CORE_READ(task, mm, exe_file, f_inode, i_ino);
	n[11] = BPF_CORE_READ(task, signal, oom_score_adj);
	n[12] = BPF_CORE_READ(task, files, next_fd);
	n[13] = BPF_CORE_READ(task, start_time);
	n[14] = BPF_CORE_READ(task, exit_code);
	n[15] = BPF_CORE_READ(task, flags);
	n[16] = bpf_core_field_exists(task->se.vruntime);
	n[17] = bpf_core_type_exists(struct bpf_ringbuf);
	n[18] = bpf_core_type_size(struct file);
	n[19] = bpf_core_enum_value(enum bpf_map_type, BPF_MAP_TYPE_RINGBUF);
}

SEC("tp/sched/sched_process_exec")
int on_exec(void *ctx)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct record *event;

	if (pid == skipped_pid)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	look((void *)bpf_get_current_task(), event);
	bpf_map_update_elem(&last, &pid, event, BPF_ANY);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp/sched/sched_process_exit")
int on_exit(void *ctx)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct record *event = bpf_map_lookup_elem(&last, &pid);

	if (!event)
		return 0;
	look((void *)bpf_get_current_task(), event);
	bpf_map_delete_elem(&last, &pid);
	return 0;
}
