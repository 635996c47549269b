/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Macros over lists of macro arguments, at most twelve long. The other headers build on:
 *
 *   ___bpf_narg(a, b, c)        3
 *   ___bpf_apply(name, 3)       name3
 *   ___bpf_each(m, d, a, b)     m(d, 1, a) m(d, 2, b)
 */
#ifndef __EBPF4J_BPF_ARGS_H__
#define __EBPF4J_BPF_ARGS_H__

#define ___bpf_concat(a, b) a##b
#define ___bpf_apply(fn, n) ___bpf_concat(fn, n)

/* The thirteenth after the first: what counting and choosing by count are made of. */
#define ___bpf_nth(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _a, _b, _c, N, ...) N
#define ___bpf_narg(...) ___bpf_nth(_, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)

#define ___bpf_each(m, d, args...) ___bpf_apply(___bpf_each, ___bpf_narg(args))(m, d, ##args)
#define ___bpf_each0(m, d)
#define ___bpf_each1(m, d, a) m(d, 1, a)
#define ___bpf_each2(m, d, a, b) m(d, 1, a) m(d, 2, b)
#define ___bpf_each3(m, d, a, b, c) ___bpf_each2(m, d, a, b) m(d, 3, c)
#define ___bpf_each4(m, d, a, b, c, e) ___bpf_each3(m, d, a, b, c) m(d, 4, e)
#define ___bpf_each5(m, d, a, b, c, e, f) ___bpf_each4(m, d, a, b, c, e) m(d, 5, f)
#define ___bpf_each6(m, d, a, b, c, e, f, g) ___bpf_each5(m, d, a, b, c, e, f) m(d, 6, g)
#define ___bpf_each7(m, d, a, b, c, e, f, g, h) ___bpf_each6(m, d, a, b, c, e, f, g) m(d, 7, h)
#define ___bpf_each8(m, d, a, b, c, e, f, g, h, i) ___bpf_each7(m, d, a, b, c, e, f, g, h) m(d, 8, i)
#define ___bpf_each9(m, d, a, b, c, e, f, g, h, i, j) ___bpf_each8(m, d, a, b, c, e, f, g, h, i) m(d, 9, j)
#define ___bpf_each10(m, d, a, b, c, e, f, g, h, i, j, k) ___bpf_each9(m, d, a, b, c, e, f, g, h, i, j) m(d, 10, k)
#define ___bpf_each11(m, d, a, b, c, e, f, g, h, i, j, k, l) \
	___bpf_each10(m, d, a, b, c, e, f, g, h, i, j, k) m(d, 11, l)
#define ___bpf_each12(m, d, a, b, c, e, f, g, h, i, j, k, l, n) \
	___bpf_each11(m, d, a, b, c, e, f, g, h, i, j, k, l) m(d, 12, n)

#endif /* __EBPF4J_BPF_ARGS_H__ */
