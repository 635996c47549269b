/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * CO-RE: questions about the types of the running kernel, and reads through its pointers, that the loader answers by
 * patching instructions. Source-compatible with the header of this name in libbpf.
 */
#ifndef __BPF_CORE_READ_H__
#define __BPF_CORE_READ_H__

#include "bpf_helpers.h"

/* The kinds of question, as clang's builtins number them. */
enum bpf_field_info_kind {
	BPF_FIELD_BYTE_OFFSET = 0,
	BPF_FIELD_BYTE_SIZE = 1,
	BPF_FIELD_EXISTS = 2,
	BPF_FIELD_SIGNED = 3,
	BPF_FIELD_LSHIFT_U64 = 4,
	BPF_FIELD_RSHIFT_U64 = 5,
};
enum bpf_type_id_kind {
	BPF_TYPE_ID_LOCAL = 0,
	BPF_TYPE_ID_TARGET = 1,
};
enum bpf_type_info_kind {
	BPF_TYPE_EXISTS = 0,
	BPF_TYPE_SIZE = 1,
	BPF_TYPE_MATCHES = 2,
};
enum bpf_enum_value_kind {
	BPF_ENUMVAL_EXISTS = 0,
	BPF_ENUMVAL_VALUE = 1,
};

/* Fields: bpf_core_field_exists(p->a.b) or bpf_core_field_exists(struct s, a.b). */
#define ___bpf_typeof(type) ((typeof(type) *)0)
#define ___bpf_field_ref1(field) (field)
#define ___bpf_field_ref2(type, field) (___bpf_typeof(type)->field)
#define ___bpf_field_info(kind, args...) \
	__builtin_preserve_field_info(___bpf_apply(___bpf_field_ref, ___bpf_narg(args))(args), kind)
#define bpf_core_field_exists(field...) ___bpf_field_info(BPF_FIELD_EXISTS, field)
#define bpf_core_field_size(field...) ___bpf_field_info(BPF_FIELD_BYTE_SIZE, field)
#define bpf_core_field_offset(field...) ___bpf_field_info(BPF_FIELD_BYTE_OFFSET, field)

/* Types: exists compares the name and kind, matches the members too. An id of 0 means that there is none. */
#define bpf_core_type_id_local(type) __builtin_btf_type_id(*___bpf_typeof(type), BPF_TYPE_ID_LOCAL)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*___bpf_typeof(type), BPF_TYPE_ID_TARGET)
#define bpf_core_type_exists(type) __builtin_preserve_type_info(*___bpf_typeof(type), BPF_TYPE_EXISTS)
#define bpf_core_type_matches(type) __builtin_preserve_type_info(*___bpf_typeof(type), BPF_TYPE_MATCHES)
#define bpf_core_type_size(type) __builtin_preserve_type_info(*___bpf_typeof(type), BPF_TYPE_SIZE)

/* Enumerators, by name. */
#define ___bpf_enum_info(type, value, kind) __builtin_preserve_enum_value(*(typeof(type) *)value, kind)
#define bpf_core_enum_value_exists(enum_type, enum_value) ___bpf_enum_info(enum_type, enum_value, BPF_ENUMVAL_EXISTS)
#define bpf_core_enum_value(enum_type, enum_value) ___bpf_enum_info(enum_type, enum_value, BPF_ENUMVAL_VALUE)

/* A pointer of this kernel type, which the verifier lets the program read without helpers (6.3 and newer). */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;
#define bpf_core_cast(ptr, type) ((typeof(type) *)bpf_rdonly_cast((ptr), bpf_core_type_id_kernel(type)))

/*
 * Bit-fields. The bytes around the field are loaded into the low end of a 64-bit word; one shift up and one down leave
 * the field, with its sign if it has one.
 */
#define __CORE_RELO(src, field, info) __builtin_preserve_field_info((src)->field, BPF_FIELD_##info)
#define ___core_shift_bitfield(val, s, field)					\
	val <<= __CORE_RELO(s, field, LSHIFT_U64);				\
	if (__CORE_RELO(s, field, SIGNED))					\
		val = ((long long)val) >> __CORE_RELO(s, field, RSHIFT_U64);	\
	else									\
		val = val >> __CORE_RELO(s, field, RSHIFT_U64);

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___core_low_end(dst, size) ((void *)dst)
#else
#define ___core_low_end(dst, size) ((void *)dst + (8 - size))
#endif
#define __CORE_BITFIELD_PROBE_READ(dst, src, fld)					\
	bpf_probe_read_kernel(___core_low_end(dst, __CORE_RELO(src, fld, BYTE_SIZE)),	\
			      __CORE_RELO(src, fld, BYTE_SIZE),				\
			      (const void *)src + __CORE_RELO(src, fld, BYTE_OFFSET))

/* through a helper, for any kernel pointer */
#define BPF_CORE_READ_BITFIELD_PROBED(s, field)			\
	({							\
		unsigned long long ___val = 0;			\
		__CORE_BITFIELD_PROBE_READ(&___val, s, field);	\
		___core_shift_bitfield(___val, s, field)	\
		___val;						\
	})

/*
 * by direct loads, where the program type may make them; hiding ___p keeps clang from relocating the offset once for every
 * case
 */
#define BPF_CORE_READ_BITFIELD(s, field)							\
	({											\
		const void *___p = (const void *)s + __CORE_RELO(s, field, BYTE_OFFSET);	\
		unsigned long long ___val;							\
		asm volatile("" : "=r"(___p) : "0"(___p));					\
		switch (__CORE_RELO(s, field, BYTE_SIZE)) {					\
		case 1:										\
			___val = *(const unsigned char *)___p;					\
			break;									\
		case 2:										\
			___val = *(const unsigned short *)___p;					\
			break;									\
		case 4:										\
			___val = *(const unsigned int *)___p;					\
			break;									\
		case 8:										\
			___val = *(const unsigned long long *)___p;				\
			break;									\
		default:									\
			___val = 0;								\
			break;									\
		}										\
		___core_shift_bitfield(___val, s, field)					\
		___val;										\
	})

/* ... and a direct store: the neighbours in the same bytes keep their values */
#define BPF_CORE_WRITE_BITFIELD(s, field, new_val)					\
	({										\
		void *___p = (void *)s + __CORE_RELO(s, field, BYTE_OFFSET);		\
		unsigned int ___byte_size = __CORE_RELO(s, field, BYTE_SIZE);		\
		unsigned int ___lshift = __CORE_RELO(s, field, LSHIFT_U64);		\
		unsigned int ___rshift = __CORE_RELO(s, field, RSHIFT_U64);		\
		unsigned long long ___mask, ___val, ___nval = new_val;			\
		unsigned int ___rpad = ___rshift - ___lshift;				\
		asm volatile("" : "+r"(___p));						\
		switch (___byte_size) {							\
		case 1:									\
			___val = *(unsigned char *)___p;				\
			break;								\
		case 2:									\
			___val = *(unsigned short *)___p;				\
			break;								\
		case 4:									\
			___val = *(unsigned int *)___p;					\
			break;								\
		case 8:									\
			___val = *(unsigned long long *)___p;				\
			break;								\
		}									\
		___mask = (~0ULL << ___rshift) >> ___lshift;				\
		___val = (___val & ~___mask) | ((___nval << ___rpad) & ___mask);	\
		switch (___byte_size) {							\
		case 1:									\
			*(unsigned char *)___p = ___val;				\
			break;								\
		case 2:									\
			*(unsigned short *)___p = ___val;				\
			break;								\
		case 4:									\
			*(unsigned int *)___p = ___val;					\
			break;								\
		case 8:									\
			*(unsigned long long *)___p = ___val;				\
			break;								\
		}									\
	})

/* One read: the helpers of the same names, with the address relocated. */
#define ___core_address(src) ((const void *)__builtin_preserve_access_index(src))
#define bpf_core_read(dst, sz, src) bpf_probe_read_kernel(dst, sz, ___core_address(src))
#define bpf_core_read_str(dst, sz, src) bpf_probe_read_kernel_str(dst, sz, ___core_address(src))
/* Only for types that the kernel shares with user space: others are not in its BTF. */
#define bpf_core_read_user(dst, sz, src) bpf_probe_read_user(dst, sz, ___core_address(src))
#define bpf_core_read_user_str(dst, sz, src) bpf_probe_read_user_str(dst, sz, ___core_address(src))

/*
 * Reads along a chain of pointers: BPF_CORE_READ(p, a.b, c) is p->a.b->c, with one read for every arrow.
 *
 * ___core_hops(last, hop, dst, path, from, f, g, ...): "path" is the C expression whose type "from" points to. While
 * fields follow, the next pointer is read into __t by "hop"; the last field goes to dst by "last", whose result is the
 * result of the whole.
 */
#if __clang_major__ >= 19
#define ___core_type(path) __typeof_unqual__(path)
#else
#define ___core_type(path) typeof(path)
#endif

#define ___core_field(read, dst, path, from, f) read((void *)(dst), sizeof(*(dst)), &((___core_type(path))(from))->f);
#define ___core_hops1(last, hop, dst, path, from, f) ___core_field(last, dst, path, from, f)
#define ___core_hops2(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops1(last, hop, dst, path->f, __t, rest)
#define ___core_hops3(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops2(last, hop, dst, path->f, __t, rest)
#define ___core_hops4(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops3(last, hop, dst, path->f, __t, rest)
#define ___core_hops5(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops4(last, hop, dst, path->f, __t, rest)
#define ___core_hops6(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops5(last, hop, dst, path->f, __t, rest)
#define ___core_hops7(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops6(last, hop, dst, path->f, __t, rest)
#define ___core_hops8(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops7(last, hop, dst, path->f, __t, rest)
#define ___core_hops9(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops8(last, hop, dst, path->f, __t, rest)
#define ___core_hops10(last, hop, dst, path, from, f, rest...) \
	___core_field(hop, &__t, path, from, f) ___core_hops9(last, hop, dst, path->f, __t, rest)

#define ___core_chain(last, hop, dst, src, fields...)							\
	({												\
		const void *__t __attribute__((unused));						\
		___bpf_apply(___core_hops, ___bpf_narg(fields))(last, hop, dst, (src), (src), fields)	\
	})

/* ..._INTO(&variable, src, fields...): 0, or a negative error; _STR_INTO reads a string into an array */
#define BPF_CORE_READ_INTO(dst, src, a...) ___core_chain(bpf_core_read, bpf_core_read, dst, src, a)
#define BPF_CORE_READ_USER_INTO(dst, src, a...) ___core_chain(bpf_core_read_user, bpf_core_read_user, dst, src, a)
#define BPF_CORE_READ_STR_INTO(dst, src, a...) ___core_chain(bpf_core_read_str, bpf_core_read, dst, src, a)
#define BPF_CORE_READ_USER_STR_INTO(dst, src, a...) \
	___core_chain(bpf_core_read_user_str, bpf_core_read_user, dst, src, a)

/* the same without relocation, for types that are not the kernel's */
#define BPF_PROBE_READ_INTO(dst, src, a...) ___core_chain(bpf_probe_read_kernel, bpf_probe_read_kernel, dst, src, a)
#define BPF_PROBE_READ_USER_INTO(dst, src, a...) ___core_chain(bpf_probe_read_user, bpf_probe_read_user, dst, src, a)
#define BPF_PROBE_READ_STR_INTO(dst, src, a...) \
	___core_chain(bpf_probe_read_kernel_str, bpf_probe_read_kernel, dst, src, a)
#define BPF_PROBE_READ_USER_STR_INTO(dst, src, a...) \
	___core_chain(bpf_probe_read_user_str, bpf_probe_read_user, dst, src, a)

/* The type at the end of a chain. */
#define ___core_path1(path, f) path->f
#define ___core_path2(path, f, rest...) ___core_path1(path->f, rest)
#define ___core_path3(path, f, rest...) ___core_path2(path->f, rest)
#define ___core_path4(path, f, rest...) ___core_path3(path->f, rest)
#define ___core_path5(path, f, rest...) ___core_path4(path->f, rest)
#define ___core_path6(path, f, rest...) ___core_path5(path->f, rest)
#define ___core_path7(path, f, rest...) ___core_path6(path->f, rest)
#define ___core_path8(path, f, rest...) ___core_path7(path->f, rest)
#define ___core_path9(path, f, rest...) ___core_path8(path->f, rest)
#define ___core_path10(path, f, rest...) ___core_path9(path->f, rest)
#define ___core_value(into, src, fields...)								\
	({												\
		___core_type(___bpf_apply(___core_path, ___bpf_narg(fields))((src), fields)) __r;	\
		into(&__r, src, fields);								\
		__r;											\
	})

/* the value at the end of the chain; zero when a read failed */
#define BPF_CORE_READ(src, a...) ___core_value(BPF_CORE_READ_INTO, src, a)
#define BPF_CORE_READ_USER(src, a...) ___core_value(BPF_CORE_READ_USER_INTO, src, a)
#define BPF_PROBE_READ(src, a...) ___core_value(BPF_PROBE_READ_INTO, src, a)
#define BPF_PROBE_READ_USER(src, a...) ___core_value(BPF_PROBE_READ_USER_INTO, src, a)

#endif /* __BPF_CORE_READ_H__ */
