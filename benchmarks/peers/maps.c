// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Maps: single operations, batches, and reads of mapped memory, all over the same 10,000 keys.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "peer.h"

#define ENTRIES 10000
#define MAPPED 8192
#define KEY 16
#define VALUE 32

struct map {
	const char *kind;
	enum bpf_map_type type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
	int fd;
	int cpus;
	char *keys;
	char *values;
};

static struct map maps[] = {
	{"hash4", BPF_MAP_TYPE_HASH, 4, 8, 65536},
	{"hash16", BPF_MAP_TYPE_HASH, KEY, VALUE, 65536},
	{"array", BPF_MAP_TYPE_ARRAY, 4, 8, ENTRIES},
	{"percpu", BPF_MAP_TYPE_PERCPU_HASH, 4, 8, 65536},
	{"mapped", BPF_MAP_TYPE_ARRAY, 4, 8, MAPPED, BPF_F_MMAPABLE},
};

static void fill(struct map *map)
{
	for (uint32_t i = 0; i < ENTRIES && i < map->max_entries; i++)
		if (bpf_map_update_elem(map->fd, map->keys + i * map->key_size,
					map->values + i * map->value_size * map->cpus, BPF_ANY))
			die("fill map");
}

/* Keys and values begin with their number and are zero otherwise. */
static void create(struct map *map)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = map->flags);

	map->fd = bpf_map_create(map->type, map->kind, map->key_size, map->value_size, map->max_entries, &options);
	if (map->fd < 0)
		die("create map");
	map->cpus = map->type == BPF_MAP_TYPE_PERCPU_HASH ? libbpf_num_possible_cpus() : 1;
	map->keys = calloc(ENTRIES, map->key_size);
	map->values = calloc(ENTRIES, map->value_size * map->cpus);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		memcpy(map->keys + i * map->key_size, &i, sizeof(i));
		for (int cpu = 0; cpu < map->cpus; cpu++)
			memcpy(map->values + (i * map->cpus + cpu) * map->value_size, &i, sizeof(i));
	}
	fill(map);
}

static struct map *map_of(const char *kind)
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		if (!strcmp(maps[i].kind, kind)) {
			if (!maps[i].fd)
				create(&maps[i]);
			return &maps[i];
		}
	die("no such map");
}

static uint64_t lookups(struct map *map)
{
	uint64_t sum = 0;
	char key[KEY] = {};
	uint64_t value[256];

	for (uint32_t i = 0; i < ENTRIES; i++) {
		*(uint32_t *)key = i;
		if (bpf_map_lookup_elem(map->fd, key, value))
			die("lookup");
		sum += value[0];
	}
	if (sum != ENTRIES * (ENTRIES - 1ull) / 2)
		die("wrong values");
	return ENTRIES;
}

static uint64_t updates(struct map *map)
{
	char key[KEY] = {};
	uint64_t value[256] = {};

	for (uint32_t i = 0; i < ENTRIES; i++) {
		*(uint32_t *)key = i;
		value[0] = i;
		if (bpf_map_update_elem(map->fd, key, value, BPF_ANY))
			die("update");
	}
	return ENTRIES;
}

static uint64_t deletes(struct map *map)
{
	char key[KEY] = {};

	for (uint32_t i = 0; i < ENTRIES; i++) {
		*(uint32_t *)key = i;
		if (bpf_map_delete_elem(map->fd, key))
			die("delete");
	}
	return ENTRIES;
}

static uint64_t walk(struct map *map)
{
	char key[KEY];
	void *from = NULL;
	uint32_t count = 0;

	while (!bpf_map_get_next_key(map->fd, from, key)) {
		from = key;
		count++;
	}
	if (count != ENTRIES)
		die("next key");
	return count;
}

/* KIND OPERATION TIMES: one operation for each of the keys; so many times. */
static struct result operate(char **arguments)
{
	struct map *map = map_of(arguments[0]);
	const char *name = arguments[1];
	uint64_t (*operation)(struct map *) = !strcmp(name, "lookup")	? lookups
					      : !strcmp(name, "update") ? updates
					      : !strcmp(name, "delete") ? deletes
									: walk;
	struct result result = {};

	for (uint64_t times = number(arguments[2]); times; times--) {
		uint64_t start = now();

		result.operations += operation(map);
		result.nanos += now() - start;
		if (operation == deletes)
			fill(map);
	}
	return result;
}

static uint64_t lookup_batches(struct map *map, uint32_t batch, char *keys, char *values)
{
	uint64_t cursor[KEY / 8], done = 0;
	void *from = NULL;

	for (;;) {
		uint32_t count = batch;
		int error = bpf_map_lookup_batch(map->fd, from, cursor, keys, values, &count, NULL);

		if (error && error != -ENOENT)
			die("lookup batch");
		done += count;
		from = cursor;
		if (error)
			return done;
	}
}

static uint64_t write_batches(struct map *map, uint32_t batch, int (*write)(struct map *, uint32_t, uint32_t *))
{
	for (uint32_t first = 0; first < ENTRIES; first += batch) {
		uint32_t count = batch;

		if (write(map, first, &count) || count != batch)
			die("write batch");
	}
	return ENTRIES;
}

static int update_batch(struct map *map, uint32_t first, uint32_t *count)
{
	return bpf_map_update_batch(map->fd, map->keys + first * map->key_size, map->values + first * map->value_size, count,
				    NULL);
}

static int delete_batch(struct map *map, uint32_t first, uint32_t *count)
{
	return bpf_map_delete_batch(map->fd, map->keys + first * map->key_size, count, NULL);
}

/* KIND OPERATION COUNT TIMES: all keys by batches of COUNT; so many times. */
static struct result batch(char **arguments)
{
	struct map *map = map_of(arguments[0]);
	const char *name = arguments[1];
	uint32_t count = number(arguments[2]);
	static char keys[ENTRIES * KEY], values[ENTRIES * VALUE];
	struct result result = {};

	for (uint64_t times = number(arguments[3]); times; times--) {
		uint64_t start = now();

		result.operations += !strcmp(name, "lookup")   ? lookup_batches(map, count, keys, values)
				     : !strcmp(name, "update") ? write_batches(map, count, update_batch)
							       : write_batches(map, count, delete_batch);
		result.nanos += now() - start;
		if (!strcmp(name, "delete"))
			fill(map);
	}
	return result;
}

/* TIMES: 100,000 reads of a mapped array at places that no prefetcher guesses; so many times. */
static struct result reads(char **arguments)
{
	static volatile uint64_t *memory;
	struct result result = {};
	uint64_t sum = 0;

	if (!memory) {
		memory = mmap(NULL, MAPPED * 8, PROT_READ | PROT_WRITE, MAP_SHARED, map_of("mapped")->fd, 0);
		if (memory == MAP_FAILED)
			die("mmap");
	}
	for (uint64_t times = number(arguments[0]); times; times--) {
		uint64_t start = now();

		for (uint32_t i = 0; i < 100000; i++)
			sum += memory[i * 2654435761u >> 19];
		result.nanos += now() - start;
		result.operations += 100000;
	}
	if (!sum)
		die("wrong values");
	return result;
}

const struct command map_commands[] = {
	{"map", "KIND OPERATION TIMES", 3, operate},
	{"batch", "KIND OPERATION COUNT TIMES", 4, batch},
	{"reads", "TIMES", 1, reads},
	{},
};
