/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Kernel operations, an arena's variables, an exception callback, long names of sections. */
#include "fixture.h"

struct test_ops {
	int (*start)(void);
	int limit;
	char name[12];
	int (*stop)(int);
};

SEC("struct_ops/start")
int start(void *ctx)
{
	return 0;
}

SEC("struct_ops.s/stop")
int stop(void *ctx)
{
	return 1;
}

SEC("?.struct_ops")
struct test_ops first_off = {
	.start = (void *)start,
	.limit = 3,
	.name = "first",
};

SEC("?.struct_ops")
struct test_ops second_off = {
	.stop = (void *)stop,
};

SEC(".struct_ops.link")
struct test_ops on = {
	.start = (void *)start,
	.limit = -1,
	.name = "on",
	.stop = (void *)stop,
};

struct {
	__uint(type, 33); /* arena */
	__uint(map_flags, 1 << 10);
	__uint(max_entries, 4);
} arena SEC(".maps");

#define __arena __attribute__((address_space(1)))

int __arena in_arena = 7;
int __arena also_there[4] = {1, 2, 3, 4};

int long_name SEC(".bss.a_rather_long_name");
static volatile int known_to_nobody SEC(".data.static") = 5;

__attribute__((noinline)) int on_throw(unsigned long long cookie)
{
	return cookie;
}

SEC("tc")
__attribute__((btf_decl_tag("exception_callback:on_throw"))) int throws(void *ctx)
{
	also_there[2] = in_arena;
	long_name = 1;
	return known_to_nobody;
}

SEC("license")
char _license[] = "a licence whose text is longer than the 63 characters that libbpf copies of it";
