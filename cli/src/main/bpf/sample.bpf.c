/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the launcher rehearses with, so that later starts are fast, and what the tests look at: a bit of everything that
 * kernels from 5.8 on load. Compiled by: clang -target bpf -mcpu=v3 -O2 -g -c sample.bpf.c
 */
typedef unsigned char __u8;
typedef unsigned int __u32;
typedef unsigned long long __u64;

#define SEC(name) __attribute__((section(name), used))
#define __relocatable __attribute__((preserve_access_index))
#define __uint(name, val) int(*name)[val]
#define __type(name, val) __typeof__(val) *name
#define __array(name, val) __typeof__(val) *name[]

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;
static __u64 (*bpf_get_current_pid_tgid)(void) = (void *)14;
static __u64 (*bpf_get_current_task)(void) = (void *)35;
static long (*bpf_probe_read_kernel)(void *dst, __u32 size, const void *from) = (void *)113;
static long (*bpf_ringbuf_output)(void *ring, void *data, __u64 size, __u64 flags) = (void *)130;

struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} __relocatable;

enum verdict { PASS = 1, DROP = 2 };

struct event {
	int pid;
	int parent;
};

struct {
	__uint(type, 1 /* HASH */);
	__uint(max_entries, 1024);
	__uint(map_flags, 1 /* NO_PREALLOC */);
	__type(key, int);
	__type(value, struct event);
} seen SEC(".maps");

struct {
	__uint(type, 27 /* RINGBUF */);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct counters {
	__uint(type, 2 /* ARRAY */);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} first SEC(".maps");

struct {
	__uint(type, 12 /* ARRAY_OF_MAPS */);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__array(values, struct counters);
} all SEC(".maps") = {
	.values = { [1] = &first },
};

const volatile int only_pid = -1;
const volatile char label[8] = "sample";
const volatile enum verdict verdict = DROP;
const volatile _Bool loud = 1;
int limits[3] = { 1, 2, 3 };
__u64 dropped;

extern int LINUX_KERNEL_VERSION __attribute__((section(".kconfig")));
extern _Bool CONFIG_PREEMPT_RT __attribute__((section(".kconfig"), weak));
extern const void no_such_symbol __attribute__((section(".ksyms"), weak));

static __attribute__((noinline)) int parent_of(struct task_struct *task)
{
	struct task_struct *parent = 0;
	int tgid = 0;

	bpf_probe_read_kernel(&parent, sizeof(parent), &task->real_parent);
	if (__builtin_preserve_field_info(parent->tgid, 2 /* EXISTS */))
		bpf_probe_read_kernel(&tgid, sizeof(tgid), &parent->tgid);
	return tgid;
}

SEC("raw_tp/sys_enter")
int on_enter(void *ctx)
{
	struct event event = { .pid = bpf_get_current_pid_tgid() >> 32 };

	if (only_pid >= 0 && event.pid != only_pid)
		return 0;
	event.parent = parent_of((void *)bpf_get_current_task());
	bpf_map_update_elem(&seen, &event.pid, &event, 0);
	if (LINUX_KERNEL_VERSION < 0x50800 || CONFIG_PREEMPT_RT || &no_such_symbol)
		return verdict;
	if (bpf_ringbuf_output(&events, &event, sizeof(event), 0))
		__sync_fetch_and_add(&dropped, limits[1]);
	return loud ? label[0] : 0;
}

SEC("?socket")
int lookup(void *ctx)
{
	__u32 key = 1;
	void *inner = bpf_map_lookup_elem(&all, &key);
	__u64 *count = inner ? bpf_map_lookup_elem(inner, &key) : 0;

	return count ? *count : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
