/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every kind of map definition, data section, function, call and extern that the reader knows. */
#include "fixture.h"

struct inner_value {
	__u32 a;
	__u64 b;
};

struct inner_map {
	__uint(type, 2 /* ARRAY */);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct inner_value);
} inner_a SEC(".maps"), inner_b SEC(".maps");

struct {
	__uint(type, 13 /* HASH_OF_MAPS */);
	__uint(max_entries, 8);
	__uint(key_size, 4);
	__array(values, struct inner_map);
} outer SEC(".maps") = {
	.values = { [1] = &inner_b, [5] = &inner_a },
};

int jump_target(void *ctx);

struct {
	__uint(type, 3 /* PROG_ARRAY */);
	__uint(max_entries, 3);
	__uint(key_size, 4);
	__array(values, int(void *));
} jumps SEC(".maps") = {
	.values = { [2] = (void *)&jump_target },
};

struct {
	__uint(type, 30 /* BLOOM_FILTER */);
	__uint(max_entries, 100);
	__uint(map_extra, 3);
	__type(value, __u32);
} bloom SEC(".maps");

enum big_extra { EXTRA = 0x123456789abcULL };

struct {
	__uint(type, 30 /* BLOOM_FILTER */);
	__uint(max_entries, 1);
	__uint(value_size, 2);
	enum big_extra map_extra;
} bloom_enum SEC(".maps");

struct {
	__uint(type, 6 /* PERCPU_ARRAY */);
	__uint(max_entries, 1);
	__uint(map_flags, 1 << 2 /* NUMA_NODE */);
	__uint(numa_node, 1);
	__uint(pinning, 1 /* BY_NAME */);
	__type(key, __u32);
	__uint(key_size, 4);
	__type(value, struct inner_value);
} pinned_with_a_long_name SEC(".maps") __weak;

struct {
	__uint(type, 27 /* RINGBUF */);
	__uint(max_entries, 8192);
	__type(value, struct inner_value);
} ring SEC(".maps");

/* data */
int counter = 3;
int array[4] = { 1, 2, 3, 4 };
static int hidden_from_others = 5;
__hidden int hidden_too = 6;
const volatile char greeting[6] = "hello";
const volatile __u64 limit = 0x1122334455667788ULL;
__u64 zeros[3];
__weak int weak_counter;
int hot SEC(".data.hot") = 7;
static volatile int only_static SEC(".bss.only_static_here");
const int table[2] SEC(".rodata.table") = { 10, 20 };

extern int LINUX_KERNEL_VERSION __kconfig;
extern _Bool CONFIG_BPF_SYSCALL __kconfig __weak;
extern const void bpf_prog_active __ksym;
extern const int runqueues __ksym __weak;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_missing___flavour(int) __ksym __weak;

static __noinline int first(int x)
{
	static volatile int calls;

	calls++;
	return x + hidden_from_others + array[3];
}

static __noinline int second(int x)
{
	static volatile int calls;

	calls += 2;
	return first(x) * 3 + counter;
}

__noinline int shared(int x)
{
	return second(x) + x + hidden_too + weak_counter;
}

__hidden __noinline int concealed(int x)
{
	zeros[1] += x;
	return x + 1;
}

__weak __noinline int feeble(int x)
{
	return shared(x) + 1;
}

static int visit(void *map, __u32 *key, __u64 *value, void *ctx)
{
	*(__u64 *)ctx += *value;
	return second(*key);
}

/* libbpf refuses static functions outside .text, called or not; LIBBPF gives what it can be compared on */
#ifndef LIBBPF
static __noinline SEC("tc") int local_of_tc(int x)
{
	return x + greeting[1] + only_static;
}
#else
#define local_of_tc(x) ((x) + greeting[1] + only_static)
#endif

SEC("tc")
int classify(void *ctx)
{
	__u64 sum = 0;

	bpf_for_each_map_elem(&inner_a, visit, &sum, 0);
	only_static++;
	return local_of_tc(shared(1)) + second(2) + concealed(3) + feeble(4) + sum + hot;
}

SEC("tc")
int classify_more(void *ctx)
{
	return shared(2) + table[counter & 1] + limit;
}

#ifndef LIBBPF
static SEC("xdp") int static_entry(void *ctx)
{
	return 2;
}
#endif

SEC("?xdp")
int not_by_default(void *ctx)
{
	bpf_map_lookup_elem(&outer, &(int){ 1 });
	bpf_map_lookup_elem(&bloom, &(int){ 1 });
	bpf_map_lookup_elem(&pinned_with_a_long_name, &(int){ 1 });
	return 1;
}

SEC("raw_tp/sys_enter")
int use_externs(void *ctx)
{
	if (LINUX_KERNEL_VERSION < 0x50000 || !CONFIG_BPF_SYSCALL)
		return 0;
	bpf_rcu_read_lock();
	if (bpf_missing___flavour)
		bpf_missing___flavour(1);
	if (&runqueues)
		return runqueues;
	return (long)&bpf_prog_active;
}

SEC("raw_tp/sys_exit")
int jump_target(void *ctx)
{
	bpf_tail_call(ctx, &jumps, 2);
	return 0;
}

SEC("some/section")
int unknown_section(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
__u32 VERSION SEC("version") = 0x060102;
