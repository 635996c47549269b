/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every BPF program written in C needs: sections, map definitions, attributes, printing, loops. Source-compatible
 * with the header of this name in libbpf. Include vmlinux.h or linux/types.h first: the types __u32, __u64 and the
 * BPF_MAP_TYPE_ constants come from there.
 */
#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__

#include "bpf_args.h"
#include "bpf_helper_defs.h"

/*
 * Map definitions. A member of a struct in SEC(".maps") tells by its type, which BTF records: a number is the length of
 * an array, a type is what a pointer points to. __ulong holds what does not fit into an array length.
 */
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
#define __ulong(name, val)                                              \
	enum {                                                          \
		___bpf_apply(__unique_value, __COUNTER__) = val         \
	} name

enum libbpf_pin_type {
	LIBBPF_PIN_NONE,
	LIBBPF_PIN_BY_NAME,
};

/* Puts a program, a map or a variable into a section; the name tells what to do with it. Externs may carry it too. */
#define SEC(name)                                                       \
	_Pragma("clang diagnostic push")                                \
	_Pragma("clang diagnostic ignored \"-Wignored-attributes\"")    \
	__attribute__((section(name), used))                            \
	_Pragma("clang diagnostic pop")

#undef __always_inline /* linux/stddef.h has a weaker one */
#define __always_inline inline __attribute__((always_inline))
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
/* A global function that is verified with what its callers know, as a static one is. */
#define __hidden __attribute__((visibility("hidden")))

/* Externs that the loader fills: kernel configuration, kernel symbols. */
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym __attribute__((section(".ksyms")))

enum libbpf_tristate {
	TRI_NO = 0,
	TRI_YES = 1,
	TRI_MODULE = 2,
};

/* Is this weak kernel symbol there? On a strong one the question would be folded away, so that is an error. */
#define bpf_ksym_exists(sym)                                                                    \
	({                                                                                      \
		_Static_assert(!__builtin_constant_p(!!sym), #sym " should be marked as __weak"); \
		!!sym;                                                                          \
	})

/* Pointers in map values, and what a global function may assume of a parameter. */
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
#define __uptr __attribute__((btf_type_tag("uptr")))
#define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))
#define __arg_nonnull __attribute__((btf_decl_tag("arg:nonnull")))
#define __arg_nullable __attribute__((btf_decl_tag("arg:nullable")))
#define __arg_trusted __attribute__((btf_decl_tag("arg:trusted")))
#define __arg_untrusted __attribute__((btf_decl_tag("arg:untrusted")))
#define __arg_arena __attribute__((btf_decl_tag("arg:arena")))

/* vmlinux.h has no macros, and system headers do not go with it. */
#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif
#ifndef likely
#define likely(x) (__builtin_expect(!!(x), 1))
#endif
#ifndef unlikely
#define unlikely(x) (__builtin_expect(!!(x), 0))
#endif

/* A member access, unlike __builtin_offsetof, leaves a CO-RE relocation behind. */
#undef offsetof
#define offsetof(type, member) ((unsigned long)&((type *)0)->member)
#undef container_of
#define container_of(ptr, type, member)                                 \
	({                                                              \
		void *__mptr = (void *)(ptr);                           \
		((type *)(__mptr - offsetof(type, member)));            \
	})

/* The compiler must not move memory accesses across barrier(), nor know anything about var after barrier_var(var). */
#ifndef barrier
#define barrier() asm volatile("" ::: "memory")
#endif
#ifndef barrier_var
#define barrier_var(var) asm volatile("" : "+r"(var))
#endif

/* Code that must be optimised away: the BPF back end has no trap instruction, so it fails the build if it stays. */
#ifndef __bpf_unreachable
#define __bpf_unreachable() __builtin_trap()
#endif

#ifdef __bpf__
/*
 * A tail call whose slot the verifier sees as one constant at this one call, so that the JIT can make it a direct jump.
 * Written in assembly because the compiler might merge two such calls. The clobbered registers are those of any call.
 */
static __always_inline void bpf_tail_call_static(void *ctx, const void *map, const __u32 slot)
{
	if (!__builtin_constant_p(slot))
		__bpf_unreachable();
	asm volatile("r1 = %[ctx]\n\t"
		     "r2 = %[map]\n\t"
		     "r3 = %[slot]\n\t"
		     "call 12" /* bpf_tail_call */
		     :
		     : [ctx] "r"(ctx), [map] "r"(map), [slot] "i"(slot)
		     : "r0", "r1", "r2", "r3", "r4", "r5");
}
#endif

/*
 * Printing. The helpers with a v take an array of values of eight bytes; ___bpf_printf makes it, and the constant format,
 * from arguments of any scalar type, then evaluates the call that follows.
 */
#define ___bpf_fill_one(arr, n, x) arr[n - 1] = x;
#define ___bpf_fill(arr, args...) ___bpf_each(___bpf_fill_one, arr, ##args)
#define ___bpf_printf(call, fmt, args...)                               \
	({                                                              \
		static const char ___fmt[] = fmt;                       \
		unsigned long long ___param[___bpf_narg(args)];         \
		_Pragma("clang diagnostic push")                        \
		_Pragma("clang diagnostic ignored \"-Wint-conversion\"") \
		___bpf_fill(___param, ##args)                           \
		_Pragma("clang diagnostic pop")                         \
		call;                                                   \
	})

#define BPF_SEQ_PRINTF(seq, fmt, args...) \
	___bpf_printf(bpf_seq_printf(seq, ___fmt, sizeof(___fmt), ___param, sizeof(___param)), fmt, ##args)
#define BPF_SNPRINTF(out, out_size, fmt, args...) \
	___bpf_printf(bpf_snprintf(out, out_size, ___fmt, ___param, sizeof(___param)), fmt, ##args)
#define bpf_stream_printk(stream_id, fmt, args...) \
	___bpf_printf(bpf_stream_vprintk(stream_id, ___fmt, ___param, sizeof(___param)), fmt, ##args)
#define __bpf_vprintk(fmt, args...) \
	___bpf_printf(bpf_trace_vprintk(___fmt, sizeof(___fmt), ___param, sizeof(___param)), fmt, ##args)

/* Kernels before 5.2 have no global data: define BPF_NO_GLOBAL_DATA, and the format is built on the stack. */
#ifdef BPF_NO_GLOBAL_DATA
#define BPF_PRINTK_FMT_MOD
#else
#define BPF_PRINTK_FMT_MOD static const
#endif
#define __bpf_printk(fmt, args...)                                      \
	({                                                              \
		BPF_PRINTK_FMT_MOD char ____fmt[] = fmt;                \
		bpf_trace_printk(____fmt, sizeof(____fmt), ##args);     \
	})

/* Up to three values fit into the registers of bpf_trace_printk, which every kernel has. */
#define ___bpf_pick_printk(args...)                                                                           \
	___bpf_nth(_, ##args, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk,      \
		   __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_printk, __bpf_printk,    \
		   __bpf_printk, __bpf_printk)
#define bpf_printk(fmt, args...) ___bpf_pick_printk(args)(fmt, ##args)

/*
 * Loops over the kernel's open-coded iterators (6.4 and newer): the verifier sees that they end, and break and continue
 * work. An iterator is made once, in the initialiser of a pointer that has no other use, and destroyed when its scope
 * ends. Naming the destructor there makes clang emit the BTF that it forgets for a cleanup attribute.
 */
struct bpf_iter_num;
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;

#define ___bpf_iter(type, args...)                                                                      \
	struct bpf_iter_##type ___it __attribute__((aligned(8), cleanup(bpf_iter_##type##_destroy))),   \
		*___p __attribute__((unused)) =                                                         \
			(bpf_iter_##type##_new(&___it, ##args), (void)bpf_iter_##type##_destroy, (void *)0)

/* for each element that the iterator of this type gives; cur is a pointer */
#ifndef bpf_for_each
#define bpf_for_each(type, cur, args...) for (___bpf_iter(type, ##args); (((cur) = bpf_iter_##type##_next(&___it)));)
#endif

/* for i from start up to, not including, end; the test of i again is what proves its range to the verifier */
#ifndef bpf_for
#define bpf_for(i, start, end)                                                          \
	for (___bpf_iter(num, (start), (end)); ({                                       \
		     int *___t = bpf_iter_num_next(&___it);                             \
		     (___t && ((i) = *___t, (i) >= (start) && (i) < (end)));            \
	     });)
#endif

/* N times */
#ifndef bpf_repeat
#define bpf_repeat(N) for (___bpf_iter(num, 0, (N)); bpf_iter_num_next(&___it);)
#endif

#endif /* __BPF_HELPERS__ */
