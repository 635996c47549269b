/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prints what libbpf reads from an object file: the oracle of LibbpfTest. Link with -lbpf -lelf -lz. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

static void print_program(const struct bpf_program *p)
{
	printf("program %s section %s type %d attach %d flags %x autoload %d insns %zu\n", bpf_program__name(p),
	       bpf_program__section_name(p), bpf_program__type(p), bpf_program__expected_attach_type(p),
	       bpf_program__flags(p), bpf_program__autoload(p), bpf_program__insn_cnt(p));
}

static void print_shape(const char *prefix, const struct bpf_map *m)
{
	printf("%s %s type %d key %u value %u entries %u", prefix, bpf_map__name(m), bpf_map__type(m), bpf_map__key_size(m),
	       bpf_map__value_size(m), bpf_map__max_entries(m));
}

static void print_map(struct bpf_map *m)
{
	size_t size = 0;
	unsigned char *bytes = bpf_map__initial_value(m, &size);

	print_shape("map", m);
	printf(" flags %x numa %u extra %llx types %u %u pinned %d", bpf_map__map_flags(m), bpf_map__numa_node(m),
	       (unsigned long long)bpf_map__map_extra(m), bpf_map__btf_key_type_id(m), bpf_map__btf_value_type_id(m),
	       bpf_map__pin_path(m) != NULL);
	if (bpf_map__inner_map(m))
		print_shape(" inner", bpf_map__inner_map(m));
	if (bytes && bpf_map__is_internal(m)) {
		printf(" contents ");
		for (size_t i = 0; i < size; i++)
			printf("%02x", bytes[i]);
	}
	printf("\n");
}

static void print_section(const struct btf *btf, const struct btf_type *t)
{
	struct btf_var_secinfo *info = btf_var_secinfos(t);

	printf("datasec %s size %u\n", btf__name_by_offset(btf, t->name_off), t->size);
	for (int i = 0; i < btf_vlen(t); i++) {
		const struct btf_type *var = btf__type_by_id(btf, info[i].type);

		printf("  %s linkage %d offset %u size %u\n", btf__name_by_offset(btf, var->name_off), btf_var(var)->linkage,
		       info[i].offset, info[i].size);
	}
}

int main(int argc, char **argv)
{
	struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
	struct bpf_program *p;
	struct bpf_map *m;

	if (!object)
		return 1;
	bpf_object__for_each_program(p, object)
		print_program(p);
	bpf_object__for_each_map(m, object)
		print_map(m);

	const struct btf *btf = bpf_object__btf(object);
	for (unsigned id = 1; btf && id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, t->name_off);

		/* the linker lays out these two; at this stage they are still as the compiler left them */
		if (btf_is_datasec(t) && strcmp(name, ".ksyms") && strcmp(name, ".kconfig"))
			print_section(btf, t);
	}
	return 0;
}
