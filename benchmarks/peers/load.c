// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Loading: an object file into the kernel, and the kernel's types.
#include <bpf/btf.h>

#include "peer.h"

#define LINKS 16

/* OBJECT: open, load and attach it, then destroy it, which is not timed. */
static struct result load(char **arguments)
{
	struct bpf_link *links[LINKS];
	struct bpf_program *program;
	int attached = 0;
	uint64_t start = now(), nanos;
	struct bpf_object *object = bpf_object__open_file(arguments[0], NULL);

	if (!object || bpf_object__load(object))
		die("load");
	bpf_object__for_each_program(program, object) {
		links[attached] = bpf_program__attach(program);
		if (!links[attached++])
			die("attach");
	}
	nanos = now() - start;
	while (attached)
		bpf_link__destroy(links[--attached]);
	bpf_object__close(object);
	return (struct result){1, nanos};
}

/* Map and index the kernel's BTF, as loading an object does. */
static struct result btf(char **arguments)
{
	uint64_t start = now(), nanos;
	struct btf *btf = btf__load_vmlinux_btf();

	(void)arguments;
	nanos = now() - start;
	if (!btf)
		die("btf");
	btf__free(btf);
	return (struct result){1, nanos};
}

const struct command load_commands[] = {
	{"load", "OBJECT", 1, load},
	{"btf", "", 0, btf},
	{},
};
