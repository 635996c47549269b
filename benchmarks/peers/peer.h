// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the parts of the peer share.
#ifndef PEER_H
#define PEER_H

#include <stdint.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

/* What a command answers: how many operations, and how long all of them took. */
struct result {
	uint64_t operations;
	uint64_t nanos;
};

struct command {
	const char *name;
	const char *arguments;
	int count;
	struct result (*run)(char **arguments);
};

extern const struct command ring_commands[], map_commands[], load_commands[];

uint64_t now(void);
_Noreturn void die(const char *what);
uint64_t number(const char *text);

#endif
