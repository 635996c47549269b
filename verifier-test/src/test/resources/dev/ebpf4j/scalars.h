/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's names of numbers, for headers that stand in for vmlinux.h. */
#ifndef SCALARS_H
#define SCALARS_H

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16, __be16, __sum16;
typedef short __s16;
typedef unsigned int __u32, __be32, __wsum;
typedef int __s32;
typedef unsigned long long __u64, __be64;
typedef long long __s64;

#endif
