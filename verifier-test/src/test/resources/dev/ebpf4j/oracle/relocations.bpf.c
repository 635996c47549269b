// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Everything a loader may have to patch. The kernel's types are declared here on purpose, and differ from the kernel's
// own: in order, in size, in what they have.
typedef unsigned char __u8;
typedef unsigned short __u16, __be16;
typedef unsigned int __u32, __be32, __wsum;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;

enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LPM_TRIE = 11,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
	BPF_F_NO_PREALLOC = 1,
};

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define __core __attribute__((preserve_access_index))

/* ---- the kernel's types, as this file believes them to be ---- */

struct mm_struct {
	int not_in_the_kernel;
	unsigned long start_stack;
} __core;

struct list_head {
	struct list_head *next, *prev;
} __core;

typedef struct {
	int counter;
} atomic_t;

struct task_struct {
	char comm[16];
	int tgid;
	int pid;
	struct mm_struct *mm;
	struct task_struct *real_parent;
	struct list_head children;
	unsigned in_execve : 1;
	unsigned sched_contributes_to_load : 1;
	unsigned sched_reset_on_fork : 1;
	int static_prio;
	unsigned int start_time; /* 8 bytes in the kernel */
	unsigned long exit_code; /* 4 in the kernel, signed: no access may adapt to that */
} __core;

struct task_struct___gone {
	int no_such_field;
	struct {
		int nor_this;
	} inside;
} __core;

struct task_struct___flavour {
	int tgid;
	unsigned short flags; /* 4 bytes in the kernel */
} __core;

struct no_such_struct {
	int x;
} __core;

struct no_such_struct___flavour {
	int x;
} __core;

struct list_head___matching {
	struct list_head___matching *next;
};

struct list_head___other {
	int *next;
};

union sigval_like___gone {
	int x;
} __core;

typedef int (*no_such_function_t)(int);
typedef __u64 u64;
typedef void *fmode_t; /* an integer in the kernel */

enum pid_type {
	PIDTYPE_PID = 7, /* 0 in the kernel */
	PIDTYPE_SID = 1,
	PIDTYPE_NONE = 99, /* not in the kernel */
};

enum pid_type___flavour {
	PIDTYPE_SID___flavour = 1,
};

enum perf_callchain_context { /* unsigned, 64 bits wide */
	PERF_CONTEXT_HV = 0x1000000000ULL,
	PERF_CONTEXT_MAX = 0x2000000000ULL,
	PERF_CONTEXT_NONE = 0x3000000000ULL,
};

enum no_such_enum {
	NO_SUCH_VALUE = 3,
};

/* ---- data ---- */

const volatile __u32 wanted_pid = 0;
const volatile struct {
	__u8 a;
	__u64 b;
} settings = { 1, 2 };
const volatile __u32 table[4] SEC(".rodata.table") = { 3, 1, 4, 1 };
__u64 out[32];
__u64 total = 5;
int weights[3] = { 1, 2, 3 };
__u32 custom SEC(".data.custom") = 17;
__u32 zeros[2] SEC(".bss.custom");
static volatile int hidden_count;

/* ---- maps ---- */

struct value {
	__u64 count;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct value);
} by_pid SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16);
	__uint(key_size, 8);
	__uint(value_size, 4);
} routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 5000); /* to be rounded */
} ring_of_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} storage SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} inner_one SEC(".maps"), inner_two SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { [0] = &inner_one, [2] = &inner_two } };

int jump_target(void *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} jumps SEC(".maps") = { .values = { [1] = (void *)&jump_target } };

/* ---- what the kernel fills in ---- */

extern int LINUX_KERNEL_VERSION __kconfig;
extern int CONFIG_HZ __kconfig;
extern _Bool CONFIG_BPF_SYSCALL __kconfig;
extern enum libbpf_tristate CONFIG_BPF __kconfig __weak;
extern char CONFIG_DEFAULT_HOSTNAME[8] __kconfig __weak;
extern char CONFIG_NO_SUCH_OPTION __kconfig __weak;
extern _Bool LINUX_HAS_SYSCALL_WRAPPER __kconfig;
extern _Bool LINUX_HAS_BPF_COOKIE __kconfig __weak;

extern const void schedule __ksym;
extern const void no_such_symbol __ksym __weak;
extern const int no_such_variable __ksym __weak;

extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;
extern void bpf_task_release(struct task_struct *p) __ksym;
extern void bpf_no_such_kfunc(int) __ksym __weak;
extern void bpf_rcu_read_lock___flavour(void) __ksym __weak;
extern void bpf_rcu_read_unlock(void) __ksym __weak;

/* ---- subprograms, shared and nested ---- */

static __noinline int of_static(int x)
{
	hidden_count += x;
	return x * weights[1] + table[x & 3];
}

__noinline int of_global(int x)
{
	__u32 key = x;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	if (count)
		*count += 1;
	return of_static(x) + custom;
}

__hidden __noinline int of_hidden(struct task_struct *task)
{
	return of_global(BPF_CORE_READ(task, static_prio)) + zeros[1];
}

__weak __noinline int of_weak(int x)
{
	return of_static(x + 1);
}

static int each_number(__u32 index, void *ctx)
{
	*(__u64 *)ctx += of_static(index);
	return 0;
}

static long each_element(void *map, __u32 *key, struct value *value, void *ctx)
{
	*(__u64 *)ctx += value->count + of_global(*key);
	return 0;
}

/* ---- programs ---- */

SEC("raw_tp/sched_process_exec")
int fields(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct___gone *gone = (void *)task;
	struct task_struct___flavour *flavour = (void *)task;
	struct no_such_struct *nothing = (void *)task;

	out[0] = BPF_CORE_READ(task, real_parent, real_parent, tgid);
	out[1] = bpf_core_field_exists(task->real_parent) + bpf_core_field_exists(gone->no_such_field) * 2 +
		 bpf_core_field_exists(nothing->x) * 4 + bpf_core_field_exists(struct task_struct, mm) * 8;
	out[2] = bpf_core_field_size(task->comm) + bpf_core_field_size(task->start_time) +
		 bpf_core_field_size(task->children) + bpf_core_field_size(task->comm[3]);
	out[3] = bpf_core_field_offset(task->children.prev) + bpf_core_field_offset(struct task_struct, comm[5]);
	out[4] = BPF_CORE_READ_BITFIELD_PROBED(task, in_execve);
	out[5] = BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork);
	out[6] = BPF_CORE_READ_BITFIELD_PROBED(task, static_prio);
	out[7] = __builtin_preserve_field_info(task->static_prio, BPF_FIELD_SIGNED) +
		 __builtin_preserve_field_info(task->start_time, BPF_FIELD_SIGNED) * 2 +
		 __builtin_preserve_field_info(task->in_execve, BPF_FIELD_LSHIFT_U64) +
		 __builtin_preserve_field_info(task->in_execve, BPF_FIELD_RSHIFT_U64);
	out[8] = BPF_CORE_READ(flavour, tgid);
	out[9] = BPF_CORE_READ(flavour, flags);
	if (bpf_core_field_exists(gone->no_such_field))
		out[10] = BPF_CORE_READ(gone, no_such_field) + BPF_CORE_READ(gone, inside.nor_this);
	if (bpf_core_type_exists(struct no_such_struct))
		out[11] = BPF_CORE_READ(nothing, x) + bpf_core_field_size(nothing->x);
	bpf_core_read_str((void *)&out[12], 16, &task->comm);
	return of_hidden(task);
}

/* The kernel checks these pointers itself, so that loads of fields are instructions of their own, of the field's size. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(direct, struct task_struct *task)
{
	struct task_struct___gone *gone = (void *)task;
	struct task_struct___flavour *flavour = (void *)task;

	out[14] = task->start_time;
	out[15] = flavour->flags;
	out[16] = task->pid + task->real_parent->pid;
	out[17] = task->comm[2];
	out[18] = BPF_CORE_READ_BITFIELD(task, in_execve) + BPF_CORE_READ_BITFIELD(task, sched_contributes_to_load);
	if (bpf_core_field_exists(gone->no_such_field))
		out[19] = gone->no_such_field;
	if (bpf_core_field_size(task->exit_code) == sizeof(task->exit_code))
		out[20] = task->exit_code;
	bpf_task_storage_get(&storage, task, 0, 1);
	return 0;
}

SEC("raw_tp/sched_process_fork")
int types(void *ctx)
{
	out[0] = bpf_core_type_id_local(struct value) + bpf_core_type_id_local(struct task_struct);
	out[1] = bpf_core_type_id_kernel(struct task_struct) + bpf_core_type_id_kernel(struct no_such_struct);
	out[2] = bpf_core_type_exists(struct task_struct) + bpf_core_type_exists(struct no_such_struct___flavour) * 2 +
		 bpf_core_type_exists(no_such_function_t) * 4 + bpf_core_type_exists(u64) * 8 +
		 bpf_core_type_exists(fmode_t) * 16 + bpf_core_type_exists(union sigval_like___gone) * 32 +
		 bpf_core_type_exists(struct mm_struct) * 64;
	out[3] = bpf_core_type_size(struct task_struct) + bpf_core_type_size(struct no_such_struct) +
		 bpf_core_type_size(struct list_head) + bpf_core_type_size(atomic_t);
	out[4] = bpf_core_type_matches(struct list_head) + bpf_core_type_matches(struct list_head___matching) * 2 +
		 bpf_core_type_matches(struct list_head___other) * 4 + bpf_core_type_matches(struct task_struct) * 8 +
		 bpf_core_type_matches(atomic_t) * 16 + bpf_core_type_matches(enum pid_type) * 32 +
		 bpf_core_type_matches(enum pid_type___flavour) * 64;
	out[5] = bpf_core_enum_value_exists(enum pid_type, PIDTYPE_PID) +
		 bpf_core_enum_value_exists(enum pid_type, PIDTYPE_NONE) * 2 +
		 bpf_core_enum_value_exists(enum no_such_enum, NO_SUCH_VALUE) * 4 +
		 bpf_core_enum_value_exists(enum perf_callchain_context, PERF_CONTEXT_NONE) * 8 +
		 bpf_core_enum_value_exists(enum perf_callchain_context, PERF_CONTEXT_HV) * 16;
	out[6] = bpf_core_enum_value(enum pid_type, PIDTYPE_PID) +
		 bpf_core_enum_value(enum pid_type___flavour, PIDTYPE_SID___flavour);
	out[7] = bpf_core_enum_value(enum perf_callchain_context, PERF_CONTEXT_HV);
	out[8] = bpf_core_enum_value(enum perf_callchain_context, PERF_CONTEXT_MAX);
	if (bpf_core_enum_value_exists(enum no_such_enum, NO_SUCH_VALUE))
		out[9] = bpf_core_enum_value(enum no_such_enum, NO_SUCH_VALUE);
	return 0;
}

SEC("raw_tp/sys_enter")
int maps_and_data(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32, zero = 0;
	struct value fresh = {}, *value;
	void *inner, *record;
	__u64 sum = 0;

	if (wanted_pid && pid != wanted_pid)
		return 0;
	value = bpf_map_lookup_elem(&by_pid, &pid);
	if (value)
		__sync_fetch_and_add(&value->count, settings.b);
	else
		bpf_map_update_elem(&by_pid, &pid, &fresh, 0);
	inner = bpf_map_lookup_elem(&outer, &zero);
	if (inner)
		bpf_map_lookup_elem(inner, &zero);
	record = bpf_ringbuf_reserve(&ring_of_events, 16, 0);
	if (record)
		bpf_ringbuf_discard(record, 0);
	bpf_map_lookup_elem(&routes, &(__u64){ 1 });
	bpf_loop(table[2], each_number, &sum, 0);
	bpf_for_each_map_elem(&by_pid, each_element, &sum, 0);
	total += sum + custom + zeros[0] + of_static(2) + of_weak(3);
	bpf_printk("total %llu of %d", total, pid);
	bpf_tail_call(ctx, &jumps, 1);
	return 0;
}

SEC("raw_tp/sys_enter")
int jump_target(void *ctx)
{
	out[31]++;
	return of_weak(settings.a);
}

SEC("raw_tp/sys_exit")
int options(void *ctx)
{
	out[0] = LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 8, 0) ? CONFIG_HZ : 0;
	out[1] = CONFIG_BPF_SYSCALL + CONFIG_BPF + CONFIG_NO_SUCH_OPTION + CONFIG_DEFAULT_HOSTNAME[1];
	out[2] = LINUX_HAS_SYSCALL_WRAPPER + LINUX_HAS_BPF_COOKIE;
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(kernel_symbols, struct task_struct *task)
{
	struct task_struct *mine;

	out[21] = (__u64)&schedule;
	out[22] = (__u64)&no_such_symbol;
	if (&no_such_variable)
		out[23] = no_such_variable;
	mine = bpf_task_acquire(task);
	if (mine) {
		out[24] = mine->pid;
		bpf_task_release(mine);
	}
	return of_hidden(task);
}

/* Old versions of libbpf know no flavours of kernel functions, and mark missing ones in another way. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(optional_functions, struct task_struct *task)
{
	if (bpf_ksym_exists(bpf_no_such_kfunc))
		bpf_no_such_kfunc(1);
	if (bpf_rcu_read_lock___flavour && bpf_ksym_exists(bpf_rcu_read_unlock)) {
		bpf_rcu_read_lock___flavour();
		bpf_rcu_read_unlock();
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
