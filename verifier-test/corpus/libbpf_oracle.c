// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What libbpf makes of objects, each program by itself, as lines of words between tabs.
 *
 *   libbpf_oracle [-t SECONDS] [-b BTF] [-c] load|prepare OBJECT...
 *
 *   object  PATH RESULT REASON                                     opened (0), or -errno
 *   map     PATH NAME TYPE KEY VALUE ENTRIES FLAGS EXTRA NUMA      as the object defines it
 *   program PATH NAME SECTION RESULT TYPE TAG XLATED VERIFIED REASON
 *   code    PATH NAME HEX USES                                     -c or prepare: the instructions as they are loaded
 *
 * RESULT is 0 or -errno, "signal N" after a crash, "timeout". USES is SLOT=MAP words; the descriptors in the code are 0.
 * -b takes the types of another kernel; prepare stops before programs are loaded. Every program has a process of its own:
 * the others are not loaded, of struct_ops maps only those that refer to it are made, with all other pointers empty. As in
 * the kernel's veristat, a map without entries gets one; nothing is pinned.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CGRP_STORAGE 32 /* BPF_MAP_TYPE_CGRP_STORAGE, which older headers have not */

static const char *custom_btf;
static bool prepare_only;
static bool with_code;
static int limit_seconds = 30;

/* What libbpf said: all of it, for the reason of a failure. */
static char *said;
static size_t said_size, said_used;

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;
	int length;

	if (level != LIBBPF_WARN)
		return 0;
	length = vasprintf(&text, format, args);
	if (length < 0)
		return 0;
	if (said_used + length + 1 > said_size) {
		said_size = (said_used + length + 1) * 2;
		said = realloc(said, said_size);
		if (!said)
			abort();
	}
	memcpy(said + said_used, text, length + 1);
	said_used += length;
	free(text);
	return length;
}

static bool has_prefix(const char *line, const char *prefix)
{
	return !strncmp(line, prefix, strlen(prefix));
}

/* Whether a line of the verifier's log is its summary and not its reason. */
static bool is_summary(const char *line)
{
	return !*line || has_prefix(line, "processed ") || has_prefix(line, "verification time") ||
	       has_prefix(line, "stack depth") || has_prefix(line, "max_states") || has_prefix(line, "peak_states") ||
	       has_prefix(line, "total_states") || has_prefix(line, "mark_read");
}

/* Whether libbpf only says what it does instead. */
static bool is_chatter(const char *line)
{
	return !*line || strstr(line, "Retrying") || strstr(line, "-- BEGIN");
}

/* The last line of the verifier's log that is no summary, or else libbpf's first words. */
static const char *reason(void)
{
	static char found[512];
	char *line, *rest = said;
	bool in_log = false;

	found[0] = 0;
	while (rest && (line = strsep(&rest, "\n"))) {
		if (has_prefix(line, "-- BEGIN PROG LOAD LOG --")) {
			in_log = true;
			snprintf(found, sizeof(found), "verifier: (empty log)");
		} else if (has_prefix(line, "-- END PROG LOAD LOG --")) {
			break;
		} else if (in_log ? !is_summary(line) : (!found[0] && !is_chatter(line))) {
			snprintf(found, sizeof(found), "%s%s", in_log ? "verifier: " : "", line);
		}
	}
	for (char *at = found; *at; at++)
		if (*at == '\t')
			*at = ' ';
	return found[0] ? found : "-";
}

static struct bpf_object *open_object(const char *path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);

	if (custom_btf)
		opts.btf_custom_path = custom_btf;
	return bpf_object__open_file(path, &opts);
}

static struct bpf_program *program_at(struct bpf_object *object, int index)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
		if (index-- == 0)
			return program;
	return NULL;
}

/* Empties every pointer of a struct_ops value but those to the program. Returns whether there is one. */
static bool keep_only(struct bpf_object *object, struct bpf_map *map, struct bpf_program *program)
{
	struct btf *btf = bpf_object__btf(object);
	const struct btf_type *type = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	size_t size;
	char *value = bpf_map__initial_value(map, &size);
	bool found = false;

	if (!type || !btf_is_struct(type) || !value)
		return false;
	for (int i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = btf_members(type) + i;
		size_t at = member->offset / 8;

		if (!btf_is_ptr(btf__type_by_id(btf, member->type)) || at + sizeof(void *) > size)
			continue;
		if (!memcmp(value + at, &program, sizeof(program)))
			found = true;
		else
			memset(value + at, 0, sizeof(void *));
	}
	return found;
}

/* Whether a map can't be made without a number of entries, which its application would set. */
static bool needs_entries(enum bpf_map_type type)
{
	switch ((int)type) {
	case BPF_MAP_TYPE_SK_STORAGE:
	case BPF_MAP_TYPE_TASK_STORAGE:
	case BPF_MAP_TYPE_INODE_STORAGE:
	case BPF_MAP_TYPE_CGROUP_STORAGE:
	case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
	case CGRP_STORAGE:
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_STRUCT_OPS:
		return false;
	default:
		return true;
	}
}

static void alone(struct bpf_object *object, struct bpf_program *program)
{
	struct bpf_program *other;
	struct bpf_map *map;

	bpf_object__for_each_program(other, object)
		bpf_program__set_autoload(other, other == program);
	bpf_object__for_each_map(map, object) {
		bpf_map__set_pin_path(map, NULL);
		if (!bpf_map__max_entries(map) && needs_entries(bpf_map__type(map)))
			bpf_map__set_max_entries(map, 1);
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			bpf_map__set_autocreate(map, keep_only(object, map, program));
	}
}

/* As the kernel knows it; NULL if there is no such map. */
static const char *map_name(int fd)
{
	static struct bpf_map_info info;
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) ? NULL : info.name;
}

static void print_code(struct bpf_program *program, const char *path)
{
	size_t count = bpf_program__insn_cnt(program);
	struct bpf_insn *code = malloc(count * sizeof(*code) + 1);
	const unsigned char *bytes = (const unsigned char *)code;

	memcpy(code, bpf_program__insns(program), count * sizeof(*code));
	char *uses = NULL;
	size_t length;
	FILE *words = open_memstream(&uses, &length);

	for (size_t i = 0; i < count; i++) {
		if (code[i].code != 0x18)
			continue;
		bool by_map = code[i].src_reg == BPF_PSEUDO_MAP_FD || code[i].src_reg == BPF_PSEUDO_MAP_VALUE;
		const char *name = by_map ? map_name(code[i].imm) : NULL;

		if (name) {
			fprintf(words, " %zu=%s", i, name);
			code[i].imm = 0;
		}
		i++;
	}
	fclose(words);
	printf("code\t%s\t%s\t", path, bpf_program__name(program));
	for (size_t i = 0; i < count * sizeof(*code); i++)
		printf("%02x", bytes[i]);
	printf("\t%s\n", *uses ? uses + 1 : "");
	free(uses);
	free(code);
}

static void print_program(struct bpf_program *program, const char *path, const char *result, const char *why)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	int fd = bpf_program__fd(program);
	bool known = fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size);

	printf("program\t%s\t%s\t%s\t%s\t%d\t", path, bpf_program__name(program), bpf_program__section_name(program), result,
	       bpf_program__type(program));
	for (size_t i = 0; known && i < sizeof(info.tag); i++)
		printf("%02x", info.tag[i]);
	printf("%s\t%u\t%u\t%s\n", known ? "" : "-", info.xlated_prog_len, info.verified_insns, why);
}

static void try_program(const char *path, int index)
{
	struct bpf_object *object = open_object(path);
	struct bpf_program *program = object ? program_at(object, index) : NULL;
	char result[16];

	if (!program)
		return;
	alone(object, program);
	said_used = 0;
	int error = prepare_only ? bpf_object__prepare(object) : bpf_object__load(object);

	snprintf(result, sizeof(result), "%d", error);
	print_program(program, path, result, error ? reason() : "-");
	if ((prepare_only && !error) || with_code)
		print_code(program, path);
	fflush(stdout);
}

/* For a process that did not live to tell. */
static void tell(const char *path, int index, const char *result)
{
	struct bpf_object *object = open_object(path);
	struct bpf_program *program = object ? program_at(object, index) : NULL;

	if (program)
		print_program(program, path, result, "-");
}

static int list(const char *path)
{
	struct bpf_object *object = open_object(path);
	struct bpf_program *program;
	struct bpf_map *map;
	int count = 0;

	if (!object) {
		int error = -errno;

		printf("object\t%s\t%d\t%s\n", path, error, reason());
		return 0;
	}
	printf("object\t%s\t0\t-\n", path);
	bpf_object__for_each_map(map, object)
		printf("map\t%s\t%s\t%d\t%u\t%u\t%u\t%u\t%llu\t%u\n", path, bpf_map__name(map), bpf_map__type(map),
		       bpf_map__key_size(map), bpf_map__value_size(map), bpf_map__max_entries(map), bpf_map__map_flags(map),
		       (unsigned long long)bpf_map__map_extra(map), bpf_map__numa_node(map));
	bpf_object__for_each_program(program, object)
		count++;
	return count;
}

/* Runs work in a process; returns its status, or -1 if it took too long. */
static int guarded(void (*work)(const char *, int, int *), const char *path, int index, int *answer)
{
	struct timespec limit = {.tv_sec = limit_seconds};
	sigset_t child;
	int status;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		work(path, index, answer);
		fflush(stdout);
		_exit(0);
	}
	bool late = sigtimedwait(&child, NULL, &limit) < 0;

	if (late)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return late ? -1 : status;
}

static void list_work(const char *path, int index, int *answer)
{
	*answer = list(path);
}

static void try_work(const char *path, int index, int *answer)
{
	try_program(path, index);
}

static void each(const char *path, int *count)
{
	char result[32];

	*count = 0;
	int status = guarded(list_work, path, 0, count);

	if (status) {
		printf("object\t%s\t%s\t-\n", path, status < 0 ? "timeout" : "crash");
		return;
	}
	for (int index = 0; index < *count; index++) {
		status = guarded(try_work, path, index, count);
		if (status < 0)
			tell(path, index, "timeout");
		else if (status) {
			snprintf(result, sizeof(result), "signal %d", WTERMSIG(status));
			tell(path, index, result);
		}
	}
}

int main(int argc, char **argv)
{
	int option;
	int *count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	while ((option = getopt(argc, argv, "t:b:c")) != -1) {
		if (option == 't')
			limit_seconds = atoi(optarg);
		else if (option == 'b')
			custom_btf = optarg;
		else if (option == 'c')
			with_code = true;
		else
			return 2;
	}
	if (optind + 1 >= argc)
		return 2;
	prepare_only = !strcmp(argv[optind], "prepare");
	libbpf_set_print(keep);
	printf("version\t%u.%u\n", libbpf_major_version(), libbpf_minor_version());
	for (int i = optind + 1; i < argc; i++)
		each(argv[i], count);
	return 0;
}
