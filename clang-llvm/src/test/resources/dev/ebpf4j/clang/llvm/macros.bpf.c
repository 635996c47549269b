// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Uses every macro of the bpf/ headers at least once; HeadersTest compiles it, with libbpf's headers too where they are.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>

#if defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp, pc, pstate;
} __attribute__((preserve_access_index));
#endif

char LICENSE[] SEC("license") = "Dual BSD/GPL";
extern int LINUX_KERNEL_VERSION __kconfig;
extern enum libbpf_tristate CONFIG_BPF __kconfig __weak;
extern const struct rq runqueues __ksym __weak;

struct value {
	struct task_struct __kptr *task;
	struct task_struct __kptr_untrusted *other;
	struct pair {
		long a, b;
	} *plain;
};
struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, int);
} inner SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, int);
	__array(values, struct inner);
} outer SEC(".maps") = {.values = {[1] = &inner}};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__ulong(map_extra, 0x100000000);
	__type(key, __u32);
	__type(value, struct value);
} hash SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__uint(key_size, 4);
	__uint(value_size, 4);
} jumps SEC(".maps");

long sink[64];

static __noinline int add(int a, int b) { return a + b; }
__weak int weak_function(int a) { return a + 1; }
__hidden int hidden_function(int a) { return a + 2; }
int tagged(struct pt_regs *ctx __arg_ctx, struct value *p __arg_nonnull, struct value *q __arg_nullable)
{
	return q ? 1 : p ? 2 : 3;
}
int trusted(struct task_struct *p __arg_trusted, struct value *q __arg_untrusted, void *r __arg_arena) { return 0; }

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm)
{
	struct task_struct *parent = NULL, *task = BPF_CORE_READ(p, real_parent);
	char comm[16];
	u64 flags = 0;

	BPF_CORE_READ_INTO(&parent, p, real_parent);
	BPF_CORE_READ_STR_INTO(&comm, p, real_parent, comm);
	BPF_PROBE_READ_INTO(&parent, p, real_parent, real_parent);
	BPF_PROBE_READ_STR_INTO(&comm, p, comm);
	sink[0] = BPF_CORE_READ(p, tgid);
	sink[1] = BPF_CORE_READ(p, real_parent, tgid);
	sink[2] = BPF_CORE_READ(p, real_parent, real_parent, real_parent, real_parent, real_parent, real_parent,
				real_parent, real_parent, tgid);
	sink[3] = BPF_PROBE_READ(p, mm, start_code);
	sink[4] = BPF_CORE_READ(task, se.vruntime);
	sink[5] = BPF_CORE_READ_BITFIELD_PROBED(p, sched_reset_on_fork);
	sink[6] = BPF_CORE_READ_BITFIELD(task, sched_reset_on_fork);
	bpf_core_read(&flags, sizeof(u32), &p->flags);
	bpf_core_read_str(comm, sizeof(comm), &p->comm);
	sink[7] = bpf_core_field_exists(p->mm) + bpf_core_field_exists(struct task_struct, flags);
	sink[8] = bpf_core_field_size(p->comm) + bpf_core_field_offset(struct task_struct, comm);
	sink[9] = bpf_core_field_size(struct task_struct, comm) + bpf_core_field_offset(p->comm);
	sink[10] = bpf_core_type_exists(struct task_struct) + bpf_core_type_size(struct mm_struct);
	sink[11] = bpf_core_type_id_local(struct value) + bpf_core_type_id_kernel(struct task_struct);
	sink[12] = bpf_core_type_matches(struct task_struct);
	sink[13] = bpf_core_enum_value(enum bpf_map_type, BPF_MAP_TYPE_HASH);
	sink[14] = bpf_core_enum_value_exists(enum bpf_map_type, BPF_MAP_TYPE_ARRAY);
	sink[15] = bpf_core_cast(p, struct task_struct)->pid + flags + (long)parent + comm[0] + old_pid;
	return add(old_pid, weak_function(hidden_function(1)));
}

SEC("fentry/do_nothing")
int BPF_PROG(twelve, int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l)
{
	return a + b + c + d + e + f + g + h + i + j + k + l;
}
SEC("fentry/do_nothing")
int BPF_PROG(none)
{
	return bpf_ksym_exists(bpf_iter_num_new) + LINUX_KERNEL_VERSION + CONFIG_BPF;
}

struct small {
	char c;
};
SEC("fentry/do_nothing")
int BPF_PROG2(pairs, struct pair, p, char, c, short, s, struct small, m, long, l, int, n)
{
	return p.a + p.b + c + s + m.c + l + n;
}
SEC("fentry/do_nothing")
int BPF_PROG2(no_pairs)
{
	return 0;
}

SEC("kprobe/do_nothing")
int BPF_KPROBE(in, long a, char b, void *c, unsigned d, struct value *e)
{
	sink[16] = PT_REGS_PARM1(ctx) + PT_REGS_PARM2(ctx) + PT_REGS_PARM3(ctx) + PT_REGS_PARM4(ctx) + PT_REGS_PARM5(ctx);
	sink[17] = PT_REGS_RET(ctx) + PT_REGS_FP(ctx) + PT_REGS_RC(ctx) + PT_REGS_SP(ctx) + PT_REGS_IP(ctx);
	sink[18] = PT_REGS_PARM1_CORE(ctx) + PT_REGS_PARM5_CORE(ctx) + PT_REGS_PARM6_CORE(ctx);
	sink[19] = PT_REGS_RET_CORE(ctx) + PT_REGS_FP_CORE(ctx) + PT_REGS_RC_CORE(ctx) + PT_REGS_SP_CORE(ctx);
	sink[20] = PT_REGS_IP_CORE(ctx) + PT_REGS_PARM6(ctx);
	BPF_KPROBE_READ_RET_IP(sink[21], ctx);
	return a + b + (long)c + d + (long)e;
}
SEC("kretprobe/do_nothing")
int BPF_KRETPROBE(out, int ret)
{
	BPF_KRETPROBE_READ_RET_IP(sink[22], ctx);
	return ret;
}
SEC("kretprobe/do_nothing")
int BPF_KRETPROBE(out_none)
{
	return 0;
}
SEC("uprobe")
int BPF_UPROBE(user_in, char *text)
{
	struct pair *p = (void *)text, *q = NULL;
	char buffer[8];

	BPF_CORE_READ_USER_INTO(&sink[23], (struct task_struct *)p, se.vruntime);
	BPF_PROBE_READ_USER_INTO(&sink[24], p, a);
	BPF_PROBE_READ_USER_STR_INTO(&buffer, (struct task_struct *)p, comm);
	BPF_CORE_READ_USER_STR_INTO(&buffer, (struct task_struct *)p, comm);
	sink[25] = BPF_PROBE_READ_USER(p, b) + BPF_CORE_READ_USER((struct task_struct *)p, mm, start_code);
	bpf_core_read_user(&q, sizeof(q), &((struct task_struct *)p)->mm);
	bpf_core_read_user_str(buffer, sizeof(buffer), &((struct task_struct *)p)->comm);
	return buffer[0] + (long)q;
}
SEC("uretprobe")
int BPF_URETPROBE(user_out, long ret)
{
	return ret;
}
SEC("ksyscall/openat")
int BPF_KSYSCALL(on_openat, int dfd, const char *name, int flags, umode_t mode, long e, long f)
{
	struct pt_regs *regs = PT_REGS_SYSCALL_REGS(ctx);

	sink[26] = PT_REGS_PARM1_CORE_SYSCALL(regs) + PT_REGS_PARM4_CORE_SYSCALL(regs);
	return dfd + (long)name + flags + mode + e + f;
}
SEC("kprobe/x")
int BPF_KPROBE_SYSCALL(on_getpid)
{
	sink[27] = PT_REGS_PARM1_SYSCALL(ctx) + PT_REGS_PARM4_SYSCALL(ctx);
	return 0;
}

SEC("iter/task")
int print(struct bpf_iter__task *ctx)
{
	char text[32];

	BPF_SEQ_PRINTF(ctx->meta->seq, "nothing\n");
	BPF_SEQ_PRINTF(ctx->meta->seq, "%d %s %p\n", 1, LICENSE, text);
	BPF_SNPRINTF(text, sizeof(text), "%d %d %d", 1, 2, 3);
	bpf_printk("none");
	bpf_printk("%d", sink[0]);
	bpf_printk("%d %d %d", sink[0], sink[1], sink[2]);
	bpf_printk("%d %d %d %s", sink[0], sink[1], sink[2], text);
	bpf_printk("%d %d %d %d %d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, sink[3]);
	__bpf_printk("%d", 1);
	__bpf_vprintk("%d", 1);
	return 0;
}

SEC("tc")
int loops(struct __sk_buff *skb)
{
	int i, *p, sum = 0;

	bpf_for(i, 0, 10) {
		if (i == 5)
			continue;
		sum += sink[i];
	}
	bpf_repeat(20) {
		if (++sum > 100)
			break;
	}
	bpf_for_each(num, p, 3, 9)
		sum += *p;
	if (likely(sum > 1) && unlikely(sum < 4))
		barrier();
	barrier_var(sum);
	bpf_tail_call_static(skb, &jumps, 2);
	return sum + KERNEL_VERSION(6, 1, 300);
}

struct bits {
	int a : 3;
	unsigned int b : 12;
	long long c : 40;
} __attribute__((preserve_access_index));
SEC("xdp")
int bytes(struct xdp_md *ctx)
{
	static const __be16 ports[] = {bpf_htons(80), bpf_ntohs(443)};
	struct bits *bits = (void *)sink;
	struct list_head *list = (void *)sink;

	BPF_CORE_WRITE_BITFIELD(bits, b, 5);
	BPF_CORE_WRITE_BITFIELD(bits, c, -5);
	sink[28] = BPF_CORE_READ_BITFIELD(bits, a) + BPF_CORE_READ_BITFIELD(bits, c);
	sink[29] = bpf_htonl((__u32)sink[0]) + bpf_ntohl(7) + bpf_cpu_to_be64(sink[1]) + bpf_be64_to_cpu(8);
	sink[30] = bpf_htons((__u16)sink[2]) + ports[sink[3] & 1];
	sink[31] = (long)container_of(list, struct task_struct, tasks) + offsetof(struct task_struct, tasks);
	sink[32] = runqueues.cpu;
	switch (sink[4] & 1) {
	case 0:
		return XDP_PASS;
	case 1:
		return XDP_DROP;
	default:
		__bpf_unreachable();
	}
}
