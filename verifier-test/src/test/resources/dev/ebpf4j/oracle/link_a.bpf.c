// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } shared SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, u32); __type(value, u64); } only_a SEC(".maps");
extern int LINUX_KERNEL_VERSION __kconfig;
extern int CONFIG_HZ __kconfig;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
extern const int runqueues __ksym;
extern int from_b;
extern int add_in_b(int x, int y);
static volatile int hidden_state = 5;
int visible_a = 17;
const volatile int ro_a = 3;
static __noinline int helper(int x) { return x * 3 + hidden_state; }
static __noinline int helper2(int x) { return helper(x) + ro_a; }
__weak int maybe(int x) { return x + 1; }
__hidden int both_hidden(int x) { return helper2(x) - 1; }
SEC("socket") int prog_a(struct __sk_buff *skb)
{
	u32 key = 1; u64 *v = bpf_map_lookup_elem(&shared, &key);
	if (v) *v += 1;
	bpf_rcu_read_lock(); bpf_rcu_read_unlock();
	struct task_struct *t = (void *)bpf_get_current_task();
	int pid = BPF_CORE_READ(t, pid);
	return helper2(skb->len) + maybe(2) + add_in_b(1, 2) + from_b + visible_a + (LINUX_KERNEL_VERSION > 5) + CONFIG_HZ + (pid & 0);
}
