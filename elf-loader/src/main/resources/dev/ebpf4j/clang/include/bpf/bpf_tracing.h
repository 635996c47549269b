/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Arguments of tracing programs: typed parameters instead of an array of u64 or a struct pt_regs. Source-compatible with
 * the header of this name in libbpf. Whatever reads registers needs the machine: -D__TARGET_ARCH_x86 and its kin, which
 * ebpf4j's compiler driver defines.
 */
#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__

#include "bpf_args.h"
#include "bpf_helpers.h"

struct pt_regs;

/*
 * 1. Which machine.
 */
#if defined(__TARGET_ARCH_x86)
#define bpf_target_x86
#elif defined(__TARGET_ARCH_arm64)
#define bpf_target_arm64
#elif defined(__TARGET_ARCH_arm)
#define bpf_target_arm
#elif defined(__TARGET_ARCH_s390)
#define bpf_target_s390
#elif defined(__TARGET_ARCH_riscv)
#define bpf_target_riscv
#elif defined(__TARGET_ARCH_powerpc)
#define bpf_target_powerpc
#elif defined(__TARGET_ARCH_loongarch)
#define bpf_target_loongarch
#elif defined(__TARGET_ARCH_mips)
#define bpf_target_mips
#elif defined(__TARGET_ARCH_sparc)
#define bpf_target_sparc
#elif defined(__TARGET_ARCH_arc)
#define bpf_target_arc
/* compiled for the machine itself, not for BPF: what the compiler says */
#elif defined(__x86_64__)
#define bpf_target_x86
#elif defined(__aarch64__)
#define bpf_target_arm64
#elif defined(__arm__)
#define bpf_target_arm
#elif defined(__s390__)
#define bpf_target_s390
#elif defined(__riscv) && __riscv_xlen == 64
#define bpf_target_riscv
#elif defined(__powerpc__)
#define bpf_target_powerpc
#elif defined(__loongarch__)
#define bpf_target_loongarch
#elif defined(__mips__)
#define bpf_target_mips
#elif defined(__sparc__)
#define bpf_target_sparc
#elif defined(__arc__)
#define bpf_target_arc
#else
#define ___bpf_target_missing
#endif
#ifndef ___bpf_target_missing
#define bpf_target_defined
#endif

/*
 * 2. Its registers, as members of struct pt_regs. The rows hold, in this order:
 *
 *   ___PT_CALL      the first eight arguments of a function
 *   ___PT_SYSCALL   the seven arguments of a system call
 *   ___PT_STATE     return address (or where it lies), frame pointer, result, stack pointer, instruction pointer
 *
 * Sources: the ABI document of each machine, its struct pt_regs, and syscall(2) for system calls. Where the kernel gives
 * user space another struct than pt_regs, ___PT_REGS_TYPE names it; where the first system call argument survives only in
 * a member beyond that struct, ___PT_ORIG_TYPE declares enough of pt_regs to reach it. ___PT_NO_SYSCALL_WRAPPER: the
 * handlers get their arguments in registers instead of a second struct pt_regs.
 */
#if defined(bpf_target_x86)
#if defined(__KERNEL__) || defined(__VMLINUX_H__)
#define ___PT_CALL di, si, dx, cx, r8, r9, __unsupported__, __unsupported__
#define ___PT_SYSCALL di, si, dx, r10, r8, r9, __unsupported__
#define ___PT_STATE sp, bp, ax, sp, ip
#elif defined(__i386__)
#define ___PT_CALL \
	eax, edx, ecx, __unsupported__, __unsupported__, __unsupported__, __unsupported__, __unsupported__
#define ___PT_SYSCALL ebx, ecx, edx, esi, edi, ebp, __unsupported__
#define ___PT_STATE esp, ebp, eax, esp, eip
#else
#define ___PT_CALL rdi, rsi, rdx, rcx, r8, r9, __unsupported__, __unsupported__
#define ___PT_SYSCALL rdi, rsi, rdx, r10, r8, r9, __unsupported__
#define ___PT_STATE rsp, rbp, rax, rsp, rip
#endif

#elif defined(bpf_target_arm64)
#define ___PT_REGS_TYPE struct user_pt_regs
#define ___PT_ORIG_TYPE struct pt_regs___arm64
struct pt_regs___arm64 {
	unsigned long orig_x0;
} __attribute__((preserve_access_index));
#define ___PT_CALL regs[0], regs[1], regs[2], regs[3], regs[4], regs[5], regs[6], regs[7]
#define ___PT_SYSCALL orig_x0, regs[1], regs[2], regs[3], regs[4], regs[5], __unsupported__
#define ___PT_STATE regs[30], regs[29], regs[0], sp, pc

#elif defined(bpf_target_arm)
#define ___PT_CALL \
	uregs[0], uregs[1], uregs[2], uregs[3], __unsupported__, __unsupported__, __unsupported__, __unsupported__
#define ___PT_SYSCALL uregs[0], uregs[1], uregs[2], uregs[3], uregs[4], uregs[5], uregs[6]
#define ___PT_STATE uregs[14], uregs[11], uregs[0], uregs[13], uregs[12]

#elif defined(bpf_target_s390)
#define ___PT_REGS_TYPE user_pt_regs
#define ___PT_ORIG_TYPE struct pt_regs___s390
struct pt_regs___s390 {
	unsigned long orig_gpr2;
} __attribute__((preserve_access_index));
#define ___PT_CALL \
	gprs[2], gprs[3], gprs[4], gprs[5], gprs[6], __unsupported__, __unsupported__, __unsupported__
#define ___PT_SYSCALL orig_gpr2, gprs[3], gprs[4], gprs[5], gprs[6], gprs[7], __unsupported__
#define ___PT_STATE gprs[14], gprs[11], gprs[2], gprs[15], psw.addr

#elif defined(bpf_target_riscv)
#define ___PT_REGS_TYPE struct user_regs_struct
#define ___PT_ORIG_TYPE struct pt_regs___riscv
struct pt_regs___riscv {
	unsigned long orig_a0;
} __attribute__((preserve_access_index));
#define ___PT_CALL a0, a1, a2, a3, a4, a5, a6, a7
#define ___PT_SYSCALL orig_a0, a1, a2, a3, a4, a5, __unsupported__
#define ___PT_STATE ra, s0, a0, sp, pc

#elif defined(bpf_target_powerpc)
#define ___PT_NO_SYSCALL_WRAPPER
#define ___PT_CALL gpr[3], gpr[4], gpr[5], gpr[6], gpr[7], gpr[8], gpr[9], gpr[10]
#ifdef __arch64__
#define ___PT_SYSCALL orig_gpr3, gpr[4], gpr[5], gpr[6], gpr[7], gpr[8], __unsupported__
#else
#define ___PT_SYSCALL orig_gpr3, gpr[4], gpr[5], gpr[6], gpr[7], gpr[8], gpr[9]
#endif
#define ___PT_STATE regs[31], __unsupported__, gpr[3], gpr[1], nip

#elif defined(bpf_target_loongarch)
#define ___PT_REGS_TYPE struct user_pt_regs
#define ___PT_NO_SYSCALL_WRAPPER
#define ___PT_CALL regs[4], regs[5], regs[6], regs[7], regs[8], regs[9], regs[10], regs[11]
#define ___PT_SYSCALL regs[4], regs[5], regs[6], regs[7], regs[8], regs[9], __unsupported__
#define ___PT_STATE regs[1], regs[22], regs[4], regs[3], csr_era

#elif defined(bpf_target_mips)
#define ___PT_CALL regs[4], regs[5], regs[6], regs[7], regs[8], regs[9], regs[10], regs[11]
#define ___PT_SYSCALL regs[4], regs[5], regs[6], regs[7], regs[8], regs[9], __unsupported__
#define ___PT_STATE regs[31], regs[30], regs[2], regs[29], cp0_epc

#elif defined(bpf_target_sparc)
#define ___PT_CALL                                                                                              \
	u_regs[UREG_I0], u_regs[UREG_I1], u_regs[UREG_I2], u_regs[UREG_I3], u_regs[UREG_I4], u_regs[UREG_I5],   \
		__unsupported__, __unsupported__
#define ___PT_SYSCALL                                                                                           \
	u_regs[UREG_I0], u_regs[UREG_I1], u_regs[UREG_I2], u_regs[UREG_I3], u_regs[UREG_I4], u_regs[UREG_I5],   \
		__unsupported__
#ifdef __arch64__
#define ___PT_STATE u_regs[UREG_I7], __unsupported__, u_regs[UREG_I0], u_regs[UREG_FP], tpc
#else
#define ___PT_STATE u_regs[UREG_I7], __unsupported__, u_regs[UREG_I0], u_regs[UREG_FP], pc
#endif

#elif defined(bpf_target_arc)
#define ___PT_REGS_TYPE struct user_regs_struct
#define ___PT_NO_SYSCALL_WRAPPER
#define ___PT_CALL \
	scratch.r0, scratch.r1, scratch.r2, scratch.r3, scratch.r4, scratch.r5, scratch.r6, scratch.r7
#define ___PT_SYSCALL scratch.r0, scratch.r1, scratch.r2, scratch.r3, scratch.r4, scratch.r5, __unsupported__
#define ___PT_STATE scratch.blink, scratch.fp, scratch.r0, scratch.sp, scratch.ret
#endif

/*
 * 3. Their names: __PT_..._REG is the member, PT_REGS_...(ctx) its value in a program that may load from ctx directly,
 * PT_REGS_..._CORE(ctx) the same read through CO-RE, for a struct pt_regs that the program found somewhere.
 */
#define ___pt_1(a, ...) a
#define ___pt_2(a, b, ...) b
#define ___pt_3(a, b, c, ...) c
#define ___pt_4(a, b, c, d, ...) d
#define ___pt_5(a, b, c, d, e, ...) e
#define ___pt_6(a, b, c, d, e, f, ...) f
#define ___pt_7(a, b, c, d, e, f, g, ...) g
#define ___pt_8(a, b, c, d, e, f, g, h, ...) h
#define ___pt_column(n, row...) ___pt_##n(row, _)

#define __PT_PARM1_REG ___pt_column(1, ___PT_CALL)
#define __PT_PARM2_REG ___pt_column(2, ___PT_CALL)
#define __PT_PARM3_REG ___pt_column(3, ___PT_CALL)
#define __PT_PARM4_REG ___pt_column(4, ___PT_CALL)
#define __PT_PARM5_REG ___pt_column(5, ___PT_CALL)
#define __PT_PARM6_REG ___pt_column(6, ___PT_CALL)
#define __PT_PARM7_REG ___pt_column(7, ___PT_CALL)
#define __PT_PARM8_REG ___pt_column(8, ___PT_CALL)
#define __PT_PARM1_SYSCALL_REG ___pt_column(1, ___PT_SYSCALL)
#define __PT_PARM2_SYSCALL_REG ___pt_column(2, ___PT_SYSCALL)
#define __PT_PARM3_SYSCALL_REG ___pt_column(3, ___PT_SYSCALL)
#define __PT_PARM4_SYSCALL_REG ___pt_column(4, ___PT_SYSCALL)
#define __PT_PARM5_SYSCALL_REG ___pt_column(5, ___PT_SYSCALL)
#define __PT_PARM6_SYSCALL_REG ___pt_column(6, ___PT_SYSCALL)
#define __PT_PARM7_SYSCALL_REG ___pt_column(7, ___PT_SYSCALL)
#define __PT_RET_REG ___pt_column(1, ___PT_STATE)
#define __PT_FP_REG ___pt_column(2, ___PT_STATE)
#define __PT_RC_REG ___pt_column(3, ___PT_STATE)
#define __PT_SP_REG ___pt_column(4, ___PT_STATE)
#define __PT_IP_REG ___pt_column(5, ___PT_STATE)

#ifdef ___PT_REGS_TYPE
#define __PT_REGS_CAST(x) ((const ___PT_REGS_TYPE *)(x))
#else
#define __PT_REGS_CAST(x) (x)
#endif
#ifdef ___PT_ORIG_TYPE
#define ___PT_ORIG_CAST(x) ((const ___PT_ORIG_TYPE *)(x))
#else
#define ___PT_ORIG_CAST(x) __PT_REGS_CAST(x)
#endif

#ifdef bpf_target_defined
#define ___pt_get(regs, member) (regs->member)
#define ___pt_get_core(regs, member) BPF_CORE_READ(regs, member)
#else
/* An error where a register is used, and only there. */
#ifndef __BPF_TARGET_MISSING
#define __BPF_TARGET_MISSING "GCC error \"Must specify a BPF target arch via __TARGET_ARCH_xxx\""
#endif
#define ___pt_get(regs, member) ({ _Pragma(__BPF_TARGET_MISSING); 0l; })
#define ___pt_get_core(regs, member) ({ _Pragma(__BPF_TARGET_MISSING); 0l; })
#endif

#define PT_REGS_PARM1(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM1_REG)
#define PT_REGS_PARM2(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM2_REG)
#define PT_REGS_PARM3(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM3_REG)
#define PT_REGS_PARM4(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM4_REG)
#define PT_REGS_PARM5(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM5_REG)
#define PT_REGS_PARM6(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM6_REG)
#define PT_REGS_PARM7(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM7_REG)
#define PT_REGS_PARM8(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM8_REG)
#define PT_REGS_RET(x) ___pt_get(__PT_REGS_CAST(x), __PT_RET_REG)
#define PT_REGS_FP(x) ___pt_get(__PT_REGS_CAST(x), __PT_FP_REG)
#define PT_REGS_RC(x) ___pt_get(__PT_REGS_CAST(x), __PT_RC_REG)
#define PT_REGS_SP(x) ___pt_get(__PT_REGS_CAST(x), __PT_SP_REG)
#define PT_REGS_IP(x) ___pt_get(__PT_REGS_CAST(x), __PT_IP_REG)

#define PT_REGS_PARM1_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM1_REG)
#define PT_REGS_PARM2_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM2_REG)
#define PT_REGS_PARM3_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM3_REG)
#define PT_REGS_PARM4_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM4_REG)
#define PT_REGS_PARM5_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM5_REG)
#define PT_REGS_PARM6_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM6_REG)
#define PT_REGS_PARM7_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM7_REG)
#define PT_REGS_PARM8_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM8_REG)
#define PT_REGS_RET_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_RET_REG)
#define PT_REGS_FP_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_FP_REG)
#define PT_REGS_RC_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_RC_REG)
#define PT_REGS_SP_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_SP_REG)
#define PT_REGS_IP_CORE(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_IP_REG)

#define PT_REGS_PARM1_SYSCALL(x) ___pt_get(___PT_ORIG_CAST(x), __PT_PARM1_SYSCALL_REG)
#define PT_REGS_PARM2_SYSCALL(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM2_SYSCALL_REG)
#define PT_REGS_PARM3_SYSCALL(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM3_SYSCALL_REG)
#define PT_REGS_PARM4_SYSCALL(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM5_SYSCALL(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM5_SYSCALL_REG)
#define PT_REGS_PARM6_SYSCALL(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM6_SYSCALL_REG)
#define PT_REGS_PARM7_SYSCALL(x) ___pt_get(__PT_REGS_CAST(x), __PT_PARM7_SYSCALL_REG)

#define PT_REGS_PARM1_CORE_SYSCALL(x) ___pt_get_core(___PT_ORIG_CAST(x), __PT_PARM1_SYSCALL_REG)
#define PT_REGS_PARM2_CORE_SYSCALL(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM2_SYSCALL_REG)
#define PT_REGS_PARM3_CORE_SYSCALL(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM3_SYSCALL_REG)
#define PT_REGS_PARM4_CORE_SYSCALL(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM5_CORE_SYSCALL(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM5_SYSCALL_REG)
#define PT_REGS_PARM6_CORE_SYSCALL(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM6_SYSCALL_REG)
#define PT_REGS_PARM7_CORE_SYSCALL(x) ___pt_get_core(__PT_REGS_CAST(x), __PT_PARM7_SYSCALL_REG)

/* From the context of a kprobe on a system call handler to the registers that hold the caller's arguments. */
#ifdef ___PT_NO_SYSCALL_WRAPPER
#define PT_REGS_SYSCALL_REGS(ctx) ctx
#else
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))
#endif

/* Where a function returns to, seen from its kprobe and from its kretprobe. */
#if !defined(bpf_target_defined)
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ___pt_get(ctx, _)
#define BPF_KRETPROBE_READ_RET_IP(ip, ctx) ___pt_get(ctx, _)
#elif defined(bpf_target_powerpc)
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ (ip) = (ctx)->link; })
#define BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP
#elif defined(bpf_target_sparc) || defined(bpf_target_arm64)
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ (ip) = PT_REGS_RET(ctx); })
#define BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP
#else
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)PT_REGS_RET(ctx)); })
#define BPF_KRETPROBE_READ_RET_IP(ip, ctx) \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })
#endif

/*
 * 4. Programs. int BPF_PROG(name, int a, struct task_struct *p) { ... } becomes the program itself, which takes the
 * context, and an inlined function with the body, which takes the context (as ctx) and the parameters. "call" is the
 * statement of the first that calls the second; there, values become parameters of any scalar type.
 */
#define ___bpf_thunk(name, body, ctx_type, params, call)                        \
	name(ctx_type *ctx);                                                    \
	static __always_inline typeof(name(0)) body params;                     \
	typeof(name(0)) name(ctx_type *ctx)                                     \
	{                                                                       \
		_Pragma("clang diagnostic push")                                \
		_Pragma("clang diagnostic ignored \"-Wint-conversion\"")        \
		call                                                            \
		_Pragma("clang diagnostic pop")                                 \
	}                                                                       \
	static __always_inline typeof(name(0)) body params

/* for raw tracepoints, fentry, fexit, lsm, struct_ops: the arguments are an array of u64 */
#define ___bpf_ctx_value(ctx, n, x) , ctx[n - 1]
#define BPF_PROG(name, args...)                                                                 \
	___bpf_thunk(name, ____##name, unsigned long long, (unsigned long long *ctx, ##args),               \
		     return ____##name(ctx ___bpf_each(___bpf_ctx_value, ctx, ##args));)

/*
 * The same with structs of up to 16 bytes among the arguments, which take two u64 when larger than one. Type and name are
 * separated by a comma: int BPF_PROG2(name, struct pair, p, int, n). A value smaller than a u64 is its low part, whatever
 * the byte order, hence the integer of its own size in between.
 */
#define ___bpf_slots(t) (sizeof(t) > 8 ? 2 : 1)
#define ___bpf_slot_type(t)                                                                     \
	typeof(__builtin_choose_expr(sizeof(t) == 1, (__u8)0,                                   \
				     __builtin_choose_expr(sizeof(t) == 2, (__u16)0,            \
							   __builtin_choose_expr(sizeof(t) == 4, (__u32)0, (__u64)0))))
#define ___bpf_slot_value(t, count, values...)                                                  \
	({                                                                                      \
		_Static_assert(sizeof(t) == 16 || (sizeof(t) <= 8 && !(sizeof(t) & (sizeof(t) - 1))), \
			       "an argument has 1, 2, 4, 8 or 16 bytes");                       \
		union {                                                                         \
			___bpf_slot_type(t) slots[count];                                       \
			t value;                                                                \
		} ___arg = { .slots = { values } };                                             \
		___arg.value;                                                                   \
	})
#define ___bpf_pair_value(n, t)                                                                 \
	, __builtin_choose_expr(sizeof(t) > 8, ___bpf_slot_value(t, 2, ctx[n], ctx[n + 1]),     \
				___bpf_slot_value(t, 1, ctx[n]))

#define ___bpf_pair_values0(n)
#define ___bpf_pair_values2(n, t, x) ___bpf_pair_value(n, t)
#define ___bpf_pair_values4(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values2(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values6(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values4(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values8(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values6(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values10(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values8(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values12(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values10(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values14(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values12(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values16(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values14(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values18(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values16(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values20(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values18(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values22(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values20(n + ___bpf_slots(t), rest)
#define ___bpf_pair_values24(n, t, x, rest...) \
	___bpf_pair_value(n, t) ___bpf_pair_values22(n + ___bpf_slots(t), rest)

#define ___bpf_pair_params0()
#define ___bpf_pair_params2(t, x) , t x
#define ___bpf_pair_params4(t, x, rest...) , t x ___bpf_pair_params2(rest)
#define ___bpf_pair_params6(t, x, rest...) , t x ___bpf_pair_params4(rest)
#define ___bpf_pair_params8(t, x, rest...) , t x ___bpf_pair_params6(rest)
#define ___bpf_pair_params10(t, x, rest...) , t x ___bpf_pair_params8(rest)
#define ___bpf_pair_params12(t, x, rest...) , t x ___bpf_pair_params10(rest)
#define ___bpf_pair_params14(t, x, rest...) , t x ___bpf_pair_params12(rest)
#define ___bpf_pair_params16(t, x, rest...) , t x ___bpf_pair_params14(rest)
#define ___bpf_pair_params18(t, x, rest...) , t x ___bpf_pair_params16(rest)
#define ___bpf_pair_params20(t, x, rest...) , t x ___bpf_pair_params18(rest)
#define ___bpf_pair_params22(t, x, rest...) , t x ___bpf_pair_params20(rest)
#define ___bpf_pair_params24(t, x, rest...) , t x ___bpf_pair_params22(rest)

#define ___bpf_nth24(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, \
		     _21, _22, _23, _24, N, ...)                                                                   \
	N
#define ___bpf_narg24(...)                                                                                         \
	___bpf_nth24(_, ##__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, \
		     4, 3, 2, 1, 0)
#define ___bpf_pair_params(args...) ___bpf_apply(___bpf_pair_params, ___bpf_narg24(args))(args)
#define ___bpf_pair_values(args...) ___bpf_apply(___bpf_pair_values, ___bpf_narg24(args))(0, ##args)

#define BPF_PROG2(name, args...)                                                                        \
	___bpf_thunk(name, ____##name, unsigned long long, (unsigned long long *ctx ___bpf_pair_params(args)),      \
		     return ____##name(ctx ___bpf_pair_values(args));)

/* for kprobes and uprobes: the arguments are in registers */
#define ___bpf_reg_value(regs, n, x) , (unsigned long long)PT_REGS_PARM##n(regs)
#define BPF_KPROBE(name, args...)                                                               \
	___bpf_thunk(name, ____##name, struct pt_regs, (struct pt_regs *ctx, ##args),                       \
		     return ____##name(ctx ___bpf_each(___bpf_reg_value, ctx, ##args));)
#define BPF_UPROBE(name, args...) BPF_KPROBE(name, ##args)

/* on return, one argument at most, the result: the others are gone */
#define ___bpf_result1(regs) , (unsigned long long)PT_REGS_RC(regs)
#define ___bpf_result_value(regs, n, x) ___bpf_result##n(regs)
#define BPF_KRETPROBE(name, args...)                                                            \
	___bpf_thunk(name, ____##name, struct pt_regs, (struct pt_regs *ctx, ##args),                       \
		     return ____##name(ctx ___bpf_each(___bpf_result_value, ctx, ##args));)
#define BPF_URETPROBE(name, args...) BPF_KRETPROBE(name, ##args)

/*
 * for kprobes on system call handlers: the arguments of the system call, from the registers of the caller where handlers
 * get a struct pt_regs (the loader says which), else from those of the handler. Include bpf_core_read.h too.
 */
#define ___bpf_syscall_value(regs, n, x) , (unsigned long long)PT_REGS_PARM##n##_SYSCALL(regs)
#define ___bpf_syswrap_value(regs, n, x) , (unsigned long long)PT_REGS_PARM##n##_CORE_SYSCALL(regs)
#define BPF_KSYSCALL(name, args...)                                                                             \
	name(struct pt_regs *ctx);                                                                              \
	extern _Bool LINUX_HAS_SYSCALL_WRAPPER __kconfig;                                                       \
	static __always_inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args);                         \
	typeof(name(0)) name(struct pt_regs *ctx)                                                               \
	{                                                                                                       \
		struct pt_regs *regs __attribute__((unused)) =                                                   \
			LINUX_HAS_SYSCALL_WRAPPER ? (struct pt_regs *)PT_REGS_PARM1(ctx) : ctx;                 \
		_Pragma("clang diagnostic push")                                                                \
		_Pragma("clang diagnostic ignored \"-Wint-conversion\"")                                        \
		if (LINUX_HAS_SYSCALL_WRAPPER)                                                                  \
			return ____##name(ctx ___bpf_each(___bpf_syswrap_value, regs, ##args));                 \
		else                                                                                            \
			return ____##name(ctx ___bpf_each(___bpf_syscall_value, regs, ##args));                 \
		_Pragma("clang diagnostic pop")                                                                 \
	}                                                                                                       \
	static __always_inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL

#endif /* __BPF_TRACING_H__ */
