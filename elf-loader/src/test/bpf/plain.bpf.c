/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Compiled without -g: no BTF at all, as old objects are. */
#include "fixture.h"

int counter = 40;
static volatile int local = 2;

static __noinline int add(int x)
{
	return x + counter;
}

SEC("socket")
int filter(void *ctx)
{
	return add(local);
}

char LICENSE[] SEC("license") = "GPL";
