// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What libbpf needs for two jobs that ebpf4j is measured at; see README.md beside this file.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#define RECORDS (256 * 1024 / 72)

static uint64_t sum;

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(const char *what, double *times, int n, const char *unit)
{
	double first = times[0];

	qsort(times, n, sizeof(*times), compare);
	printf("libbpf %s: first %.2f min %.2f median %.2f max %.2f %s (%d runs)\n", what, first, times[0],
	       times[n / 2], times[n - 1], unit, n);
}

/* Open, load and attach one object file, then destroy it, which is not timed. */
static void load(const char *path, int n)
{
	double *times = calloc(n, sizeof(*times)), *loads = calloc(n, sizeof(*loads));

	for (int i = 0; i < n; i++) {
		struct bpf_link *links[16];
		int attached = 0;
		struct bpf_program *program;
		double start = now_us();
		struct bpf_object *object = bpf_object__open_file(path, NULL);

		if (!object || bpf_object__load(object))
			die(path);
		loads[i] = now_us() - start;
		bpf_object__for_each_program(program, object) {
			links[attached] = bpf_program__attach(program);
			if (!links[attached++])
				die("attach");
		}
		times[i] = now_us() - start;
		while (attached)
			bpf_link__destroy(links[--attached]);
		bpf_object__close(object);
	}
	report("open+load", loads, n, "us");
	report("open+load+attach", times, n, "us");
}

/* Map and index the kernel's BTF, as loading an object does. */
static void btf(int n)
{
	double *times = calloc(n, sizeof(*times));

	for (int i = 0; i < n; i++) {
		double start = now_us();
		struct btf *btf = btf__load_vmlinux_btf();

		times[i] = now_us() - start;
		if (!btf)
			die("btf");
		btf__free(btf);
	}
	report("kernel BTF", times, n, "us");
}

static int add(void *context, void *data, size_t size)
{
	(void)context;
	(void)size;
	sum += *(uint64_t *)data;
	return 0;
}

/* Fill the ring by running the program, then time one drain. */
static void drain(const char *path, int n)
{
	double *times = calloc(n, sizeof(*times));
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct ring_buffer *ring;
	int program;

	if (!object || bpf_object__load(object))
		die(path);
	program = bpf_program__fd(bpf_object__find_program_by_name(object, "fill"));
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "ring"), add, NULL, NULL);
	if (!ring)
		die("ring");
	for (int i = 0; i < n; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, run);
		double start;
		int count;

		if (bpf_prog_test_run_opts(program, &run))
			die("run");
		sum = 0;
		start = now_us();
		count = ring_buffer__consume(ring);
		times[i] = (now_us() - start) * 1e3 / RECORDS;
		if (count != RECORDS || sum != (uint64_t)(RECORDS - 1) * RECORDS / 2)
			die("wrong records");
	}
	report("drain", times, n, "ns/record");
	ring_buffer__free(ring);
	bpf_object__close(object);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "load"))
		load(argv[2], atoi(argv[3]));
	else if (argc == 4 && !strcmp(argv[1], "drain"))
		drain(argv[2], atoi(argv[3]));
	else if (argc == 3 && !strcmp(argv[1], "btf"))
		btf(atoi(argv[2]));
	else
		return fprintf(stderr, "usage: %s load|drain OBJECT RUNS, or btf RUNS\n", argv[0]), 2;
	return 0;
}
