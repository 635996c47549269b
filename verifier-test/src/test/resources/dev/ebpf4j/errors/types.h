/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* As little as a small program needs: compiles in a tenth of the time that vmlinux.h takes. */
#ifndef TYPES_H
#define TYPES_H

#include "../scalars.h"

enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_RINGBUF = 27 };

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#endif
