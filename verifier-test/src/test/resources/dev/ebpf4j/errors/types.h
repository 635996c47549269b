/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* As little as a small program needs: compiles in a tenth of the time that vmlinux.h takes. */
#ifndef TYPES_H
#define TYPES_H

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16, __be16, __sum16;
typedef short __s16;
typedef unsigned int __u32, __be32, __wsum;
typedef int __s32;
typedef unsigned long long __u64, __be64;
typedef long long __s64;

enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_RINGBUF = 27 };

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#endif
