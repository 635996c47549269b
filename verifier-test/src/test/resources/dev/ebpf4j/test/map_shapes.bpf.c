// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map of every type and shape; programs that use some of them. */
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef unsigned char __u8;

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
#define __ulong(name, val) enum { __unique_##name = val } name

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*bpf_tail_call)(void *ctx, void *map, __u32 index) = (void *)12;

#define PLAIN(name, kind, key_type, value_type, entries, flags)                                                        \
	struct {                                                                                                       \
		__uint(type, kind);                                                                                    \
		__uint(max_entries, entries);                                                                          \
		__uint(map_flags, flags);                                                                              \
		__type(key, key_type);                                                                                 \
		__type(value, value_type);                                                                             \
	} name SEC(".maps")

struct lpm_key {
	__u32 prefix;
	__u32 address;
};

struct cgroup_key {
	__u64 inode;
	__u32 attach_type;
};

struct devmap_value {
	__u32 ifindex;
	__u32 program;
};

PLAIN(hash, 1, __u32, __u64, 8, 0);
PLAIN(array, 2, __u32, __u64, 8, 0);
PLAIN(per_cpu_hash, 5, __u32, __u64, 8, 0);
PLAIN(per_cpu, 6, __u32, __u32, 8, 0);
PLAIN(stacks, 7, __u32, __u64[16], 8, 0);
PLAIN(cgroups, 8, __u32, __u32, 8, 0);
PLAIN(lru, 9, __u32, __u64, 128, 0);
PLAIN(lru_per_cpu, 10, __u32, __u64, 128, 0);
PLAIN(trie, 11, struct lpm_key, __u64, 8, 1);
PLAIN(devices, 14, __u32, struct devmap_value, 8, 0);
PLAIN(sockets, 15, __u32, __u64, 8, 0);
PLAIN(cpus, 16, __u32, struct devmap_value, 2, 0);
PLAIN(xsks, 17, __u32, __u32, 8, 0);
PLAIN(socket_hash, 18, __u32, __u64, 8, 0);
PLAIN(reuseport, 20, __u32, __u64, 8, 0);
PLAIN(device_hash, 25, __u32, __u32, 8, 0);
PLAIN(in_sockets, 24, int, __u64, 0, 1);
PLAIN(in_inodes, 28, int, __u64, 0, 1);
PLAIN(in_tasks, 29, int, __u64, 0, 1);
PLAIN(in_cgroups, 32, int, __u64, 0, 1);
PLAIN(of_cgroup, 19, struct cgroup_key, __u64, 0, 0);
PLAIN(of_cgroup_per_cpu, 21, struct cgroup_key, __u64, 0, 0);
PLAIN(read_only, 1, __u32, __u64, 8, 1 << 7);
PLAIN(unpreallocated, 1, __u32, __u64, 8, 1);
PLAIN(mapped, 2, __u32, __u64, 8, 1 << 10);
PLAIN(guarded, 2, __u32, __u64, 1, 0);

/* the kernel wants the type of an array's index to be an int: this one is created without types */
struct index {
	__u32 number;
};

PLAIN(odd_key, 2, struct index, __u64, 5, 0);

struct {
	__uint(type, 22);
	__uint(max_entries, 4);
	__uint(value_size, 8);
} queue SEC(".maps");

struct {
	__uint(type, 23);
	__uint(max_entries, 4);
	__type(value, __u64);
} stack SEC(".maps");

struct {
	__uint(type, 30);
	__uint(max_entries, 100);
	__type(value, __u64);
	__uint(map_extra, 3);
} bloom SEC(".maps");

struct {
	__uint(type, 1);
	__uint(max_entries, 4);
	__uint(map_flags, 1 << 2);
	__uint(numa_node, 0);
	__type(key, __u32);
	__type(value, __u64);
} numa SEC(".maps");

struct {
	__uint(type, 4);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

struct {
	__uint(type, 27);
	__uint(max_entries, 1);
} ring SEC(".maps");

struct {
	__uint(type, 27);
	__uint(max_entries, 65536);
	__type(value, __u64);
} exact_ring SEC(".maps");

struct {
	__uint(type, 31);
	__uint(max_entries, 5000);
} user_ring SEC(".maps");

struct inner {
	__uint(type, 2);
	__uint(max_entries, 1);
	__uint(map_flags, 1 << 12);
	__type(key, __u32);
	__type(value, __u64);
} inner1 SEC(".maps"), inner2 SEC(".maps"), inner3 SEC(".maps");

struct {
	__uint(type, 12);
	__uint(max_entries, 8);
	__type(key, __u32);
	__array(values, struct inner);
} outer_array SEC(".maps") = {
	.values = { &inner1, &inner2, 0, 0, &inner3 },
};

struct {
	__uint(type, 13);
	__uint(max_entries, 8);
	__type(key, __u32);
	__array(values, struct inner);
} outer_hash SEC(".maps") = {
	.values = { &inner3, 0, &inner1 },
};

struct inner_ring {
	__uint(type, 27);
	__uint(max_entries, 100);
} inner_ring SEC(".maps");

struct {
	__uint(type, 12);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct inner_ring);
} outer_rings SEC(".maps") = {
	.values = { [1] = &inner_ring },
};

struct {
	__uint(type, 12);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, 4);
		__uint(key_size, 4);
		__uint(value_size, 4);
	});
} outer_events SEC(".maps");

int target(void *ctx);

struct {
	__uint(type, 3);
	__uint(max_entries, 4);
	__uint(key_size, 4);
	__array(values, int(void *));
} jumps SEC(".maps") = {
	.values = { [2] = (void *)&target },
};

int hot SEC(".data.hot") = 1;
int three = 3;
const volatile int limit = 2;
const volatile int table_len = 1;
int table[1] SEC(".bss.table");

SEC("socket")
int target(void *ctx)
{
	return 42;
}

SEC("socket")
int jump(void *ctx)
{
	bpf_tail_call(ctx, &jumps, 2);
	return 1;
}

SEC("socket")
int sum(void *ctx)
{
	return hot + limit + three;
}

SEC("socket")
int last(void *ctx)
{
	__u32 i = table_len - 1;

	return i < 4096 / 4 && i < table_len ? table[i] : -1;
}

static int use(void)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&guarded, &key);

	return value ? *value : 0;
}

SEC("socket")
int user(void *ctx)
{
	return use();
}

SEC("socket")
int other_user(void *ctx)
{
	return use() + 1;
}

const volatile int zero = 0;

SEC("socket")
int unreached(void *ctx)
{
	return zero ? use() : 7;
}

char LICENSE[] SEC("license") = "GPL";
