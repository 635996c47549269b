// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The libbpf half of benchmarks/paired: reads commands, one a line, and answers each with "ok OPERATIONS NANOSECONDS".
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"

#define WORDS 8

static const struct command *const all[] = {ring_commands, map_commands, load_commands};

uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

_Noreturn void die(const char *what)
{
	printf("error %s: %s\n", what, strerror(errno));
	exit(1);
}

uint64_t number(const char *text)
{
	return strtoull(text, NULL, 0);
}

static const struct command *find(const char *name, int count)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (const struct command *command = all[i]; command->name; command++)
			if (!strcmp(command->name, name) && command->count == count)
				return command;
	return NULL;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

int main(void)
{
	char line[512];

	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(quiet);
	printf("ready %d\n", gettid());
	while (fgets(line, sizeof(line), stdin)) {
		char *words[WORDS];
		int count = 0;
		const struct command *command;
		struct result result;

		for (char *word = strtok(line, " \n"); word && count < WORDS; word = strtok(NULL, " \n"))
			words[count++] = word;
		command = count ? find(words[0], count - 1) : NULL;
		if (!command) {
			printf("error no such command\n");
			continue;
		}
		result = command->run(words + 1);
		printf("ok %llu %llu\n", (unsigned long long)result.operations, (unsigned long long)result.nanos);
	}
	return 0;
}
