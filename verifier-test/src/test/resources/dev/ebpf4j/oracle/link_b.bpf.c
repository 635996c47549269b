// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
extern struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } shared SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } only_b SEC(".maps");
extern int CONFIG_HZ __kconfig;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
extern int visible_a;
extern int both_hidden(int x);
static volatile int hidden_state = 7;
static volatile char pad = 1;
int from_b = 23;
int bssv;
static __noinline int helper(int x) { return x * 5 + hidden_state + pad; }
static long cb(u32 i, void *c) { bssv += helper(i); return 0; }
int add_in_b(int x, int y) { return helper(x) + y; }
int maybe(int x) { return x + 100; }
SEC("socket") int prog_b(struct __sk_buff *skb)
{
	u32 key = 1; u64 *v = bpf_map_lookup_elem(&shared, &key);
	bpf_loop(3, cb, 0, 0);
	struct task_struct *t = (void *)bpf_get_current_task();
	int pid = BPF_CORE_READ(t, tgid);
	return (v ? (int)*v : 0) + helper(skb->len) + visible_a + both_hidden(2) + CONFIG_HZ + (pid & 0) + bssv;
}
