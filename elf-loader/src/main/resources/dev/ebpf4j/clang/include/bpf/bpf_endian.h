/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Byte order of network data. clang folds the builtins for constants, so that every macro here may stand in a case
 * label or a static initialiser, and becomes one byte-swap instruction elsewhere.
 */
#ifndef __BPF_ENDIAN__
#define __BPF_ENDIAN__

/* The order of the object being made, not that of the machine that makes it. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___bpf_be16(x) __builtin_bswap16(x)
#define ___bpf_be32(x) __builtin_bswap32(x)
#define ___bpf_be64(x) __builtin_bswap64(x)
#elif __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ___bpf_be16(x) (x)
#define ___bpf_be32(x) (x)
#define ___bpf_be64(x) (x)
#else
#error "this compiler does not tell the byte order of its target"
#endif

#define bpf_htons(x) ___bpf_be16(x)
#define bpf_ntohs(x) ___bpf_be16(x)
#define bpf_htonl(x) ___bpf_be32(x)
#define bpf_ntohl(x) ___bpf_be32(x)
#define bpf_cpu_to_be64(x) ___bpf_be64(x)
#define bpf_be64_to_cpu(x) ___bpf_be64(x)

/* Older programs say whether the operand is a constant. */
#define __bpf_htons(x) bpf_htons(x)
#define __bpf_ntohs(x) bpf_ntohs(x)
#define __bpf_htonl(x) bpf_htonl(x)
#define __bpf_ntohl(x) bpf_ntohl(x)
#define __bpf_cpu_to_be64(x) bpf_cpu_to_be64(x)
#define __bpf_be64_to_cpu(x) bpf_be64_to_cpu(x)
#define __bpf_constant_htons(x) bpf_htons(x)
#define __bpf_constant_ntohs(x) bpf_ntohs(x)
#define __bpf_constant_htonl(x) bpf_htonl(x)
#define __bpf_constant_ntohl(x) bpf_ntohl(x)
#define __bpf_constant_cpu_to_be64(x) bpf_cpu_to_be64(x)
#define __bpf_constant_be64_to_cpu(x) bpf_be64_to_cpu(x)

#endif /* __BPF_ENDIAN__ */
