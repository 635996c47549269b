// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Ring buffers: a full one drained, and one that a producer on another CPU fills meanwhile.
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "peer.h"

#define RINGS 4
#define PERF_PAGES 64
#define PERF_ROOM (PERF_PAGES * 4096)

struct ring {
	uint64_t bytes;
	int map;
	int program;
	int taker;
	struct ring_buffer *buffer;
	struct user_ring_buffer *requests;
	int perf_program;
	struct perf_buffer *perf;
};

struct job {
	uint32_t count;
	uint32_t size;
};

static struct ring rings[RINGS];
static uint64_t sum, events;

static int add(void *context, void *data, size_t size)
{
	(void)context;
	(void)size;
	sum += *(uint64_t *)data;
	return 0;
}

static void add_event(void *context, int cpu, void *data, uint32_t size)
{
	(void)cpu;
	add(context, data, size);
	events++;
}

static void open_ring(struct ring *ring, const char *object_file, uint64_t bytes)
{
	struct bpf_object *object = bpf_object__open_file(object_file, NULL);
	struct bpf_map *map;

	if (!object)
		die("open object");
	map = bpf_object__find_map_by_name(object, "ring");
	if (bpf_map__set_max_entries(map, bytes) || bpf_object__load(object))
		die("load object");
	ring->map = bpf_map__fd(map);
	ring->program = bpf_program__fd(bpf_object__find_program_by_name(object, "produce"));
	ring->buffer = ring_buffer__new(bpf_map__fd(map), add, NULL, NULL);
	ring->taker = bpf_program__fd(bpf_object__find_program_by_name(object, "take"));
	ring->requests = user_ring_buffer__new(bpf_object__find_map_fd_by_name(object, "requests"), NULL);
	ring->perf_program = bpf_program__fd(bpf_object__find_program_by_name(object, "produce_perf"));
	ring->perf = perf_buffer__new(bpf_object__find_map_fd_by_name(object, "perf"), PERF_PAGES, add_event, NULL, NULL, NULL);
	if (!ring->buffer || !ring->requests || !ring->perf)
		die("open ring");
	ring->bytes = bytes;
}

static struct ring *ring_of(const char *object_file, uint64_t bytes)
{
	for (struct ring *ring = rings; ring < rings + RINGS; ring++) {
		if (!ring->bytes)
			open_ring(ring, object_file, bytes);
		if (ring->bytes == bytes)
			return ring;
	}
	die("too many rings");
}

static uint32_t produce(int program, uint32_t count, uint32_t size)
{
	struct job job = {count, size};
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &job, .ctx_size_in = sizeof(job));

	if (bpf_prog_test_run_opts(program, &run))
		die("run program");
	return run.retval;
}

/* OBJECT RING-BYTES RECORD-BYTES TIMES: fill the ring to the brim, then time one drain; so many times. */
static struct result drain(char **arguments)
{
	struct ring *ring = ring_of(arguments[0], number(arguments[1]));
	struct result result = {};

	for (uint64_t times = number(arguments[3]); times; times--) {
		uint64_t written = produce(ring->program, ring->bytes / 16, number(arguments[2]));
		uint64_t start;
		int count;

		sum = 0;
		start = now();
		count = ring_buffer__consume(ring->buffer);
		result.nanos += now() - start;
		if (count < 0 || (uint64_t)count != written || sum != written * (written - 1) / 2)
			die("wrong records");
		result.operations += written;
	}
	return result;
}

/* OBJECT RING-BYTES RECORD-BYTES TIMES: as drain, of this CPU's perf buffer, filled by three quarters. */
static struct result perf(char **arguments)
{
	struct ring *ring = ring_of(arguments[0], number(arguments[1]));
	uint64_t size = number(arguments[2]), context[] = {PERF_ROOM * 3 / 4 / (size + 16), size};
	struct result result = {};

	for (uint64_t times = number(arguments[3]); times; times--) {
		LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = context, .ctx_size_in = sizeof(context));
		uint64_t start;

		if (bpf_prog_test_run_opts(ring->perf_program, &run))
			die("run program");
		sum = events = 0;
		start = now();
		if (perf_buffer__consume(ring->perf))
			die("consume");
		result.nanos += now() - start;
		if (events != context[0] || sum != events * (events - 1) / 2)
			die("wrong records");
		result.operations += events;
	}
	return result;
}

/* OBJECT RING-BYTES MESSAGE-BYTES TIMES: write messages until the user ring is full, then have them taken; so many times. */
static struct result send(char **arguments)
{
	struct ring *ring = ring_of(arguments[0], number(arguments[1]));
	uint32_t size = number(arguments[2]);
	struct result result = {};

	for (uint64_t times = number(arguments[3]); times; times--) {
		LIBBPF_OPTS(bpf_test_run_opts, run);
		uint64_t start = now(), *message, count = 0;

		while ((message = user_ring_buffer__reserve(ring->requests, size))) {
			*message = count++;
			user_ring_buffer__submit(ring->requests, message);
		}
		result.nanos += now() - start;
		if (bpf_prog_test_run_opts(ring->taker, &run) || run.retval != (uint32_t)(count * (count - 1) / 2))
			die("wrong messages");
		result.operations += count;
	}
	return result;
}

/* Like ring_buffer__consume, but guesses that each record is as long as the last, so that loads need not wait for it. */
static uint64_t consume_guessing(char *consumer, char *producer, uint64_t bytes)
{
	uint64_t at = *(uint64_t *)consumer, end = __atomic_load_n((uint64_t *)producer, __ATOMIC_ACQUIRE), count = 0;
	char *data = producer + getpagesize();
	uint32_t last = UINT32_MAX, stride = 0;

	for (; at < end; at += stride, count++) {
		char *record = data + (at & (bytes - 1));
		uint32_t length = __atomic_load_n((uint32_t *)record, __ATOMIC_ACQUIRE);

		if (__builtin_expect(length != last, 0)) {
			if (length & (BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))
				die("busy or discarded");
			last = length;
			stride = (length + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
		}
		add(NULL, record + BPF_RINGBUF_HDR_SZ, length);
	}
	__atomic_store_n((uint64_t *)consumer, at, __ATOMIC_RELEASE);
	return count;
}

/* OBJECT RING-BYTES RECORD-BYTES TIMES: as drain, by a loop of our own without callbacks: how fast it can be in C. */
static struct result floor_of(char **arguments)
{
	static char *consumer, *producer;
	struct ring *ring = ring_of(arguments[0], number(arguments[1]));
	struct result result = {};

	if (!consumer) {
		consumer = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, ring->map, 0);
		producer = mmap(NULL, getpagesize() + 2 * ring->bytes, PROT_READ, MAP_SHARED, ring->map, getpagesize());
		if (consumer == MAP_FAILED || producer == MAP_FAILED)
			die("map ring");
	}
	for (uint64_t times = number(arguments[3]); times; times--) {
		uint64_t written = produce(ring->program, ring->bytes / 16, number(arguments[2]));
		uint64_t start = now(), count;

		sum = 0;
		count = consume_guessing(consumer, producer, ring->bytes);
		result.nanos += now() - start;
		if (count != written || sum != written * (written - 1) / 2)
			die("wrong records");
		result.operations += written;
	}
	return result;
}

static void pause_for(uint64_t nanos)
{
	for (uint64_t end = now() + nanos; now() < end;)
		__builtin_ia32_pause();
}

/* OBJECT RING-BYTES MILLISECONDS BACK-OFF: consume, and after an empty pass spin for BACK-OFF nanoseconds. */
static struct result live(char **arguments)
{
	struct ring *ring = ring_of(arguments[0], number(arguments[1]));
	uint64_t backoff = number(arguments[3]), start, end;
	struct result result = {};

	ring_buffer__consume(ring->buffer);
	start = now();
	end = start + number(arguments[2]) * 1000000;
	while (now() < end) {
		int count = ring_buffer__consume(ring->buffer);

		if (count < 0)
			die("consume");
		result.operations += count;
		if (!count && backoff)
			pause_for(backoff);
	}
	result.nanos = now() - start;
	return result;
}

/* OBJECT RING-BYTES: the id of the program that fills the ring, as the number of operations. */
static struct result producer(char **arguments)
{
	struct ring *ring = ring_of(arguments[0], number(arguments[1]));
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	if (bpf_prog_get_info_by_fd(ring->program, &info, &size))
		die("program info");
	return (struct result){info.id, 0};
}

/* PROGRAM-ID RECORD-BYTES MILLISECONDS: run the program all that time. */
static struct result run(char **arguments)
{
	int program = bpf_prog_get_fd_by_id(number(arguments[0]));
	struct result result = {};
	uint64_t start = now(), end = start + number(arguments[2]) * 1000000;

	if (program < 0)
		die("program by id");
	while (now() < end)
		result.operations += produce(program, 10000, number(arguments[1]));
	result.nanos = now() - start;
	close(program);
	return result;
}

const struct command ring_commands[] = {
	{"drain", "OBJECT RING-BYTES RECORD-BYTES TIMES", 4, drain},
	{"floor", "OBJECT RING-BYTES RECORD-BYTES TIMES", 4, floor_of},
	{"perf", "OBJECT RING-BYTES RECORD-BYTES TIMES", 4, perf},
	{"send", "OBJECT RING-BYTES MESSAGE-BYTES TIMES", 4, send},
	{"live", "OBJECT RING-BYTES MILLISECONDS BACK-OFF", 4, live},
	{"producer", "OBJECT RING-BYTES", 2, producer},
	{"run", "PROGRAM-ID RECORD-BYTES MILLISECONDS", 3, run},
	{},
};
