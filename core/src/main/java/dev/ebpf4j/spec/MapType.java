package dev.ebpf4j.spec;

/**
 * Type of a map.
 *
 * <p>Constants are named after the UAPI header {@code linux/bpf.h} without their prefix {@code BPF_MAP_TYPE_}, in its order.
 */
public enum MapType {
    /** No type. */
    UNSPEC,
    /** Hash table. */
    HASH,
    /** Array, indexed by a 32-bit number. */
    ARRAY,
    /** Programs, for tail calls. */
    PROG_ARRAY,
    /** Perf events, one per CPU as a rule. */
    PERF_EVENT_ARRAY,
    /** Hash table with a value per CPU. */
    PERCPU_HASH,
    /** Array with a value per CPU. */
    PERCPU_ARRAY,
    /** Stack traces by number. */
    STACK_TRACE,
    /** Cgroups. */
    CGROUP_ARRAY,
    /** Hash table that evicts what was used least recently. */
    LRU_HASH,
    /** {@link #LRU_HASH} with a value per CPU. */
    LRU_PERCPU_HASH,
    /** Longest-prefix match. */
    LPM_TRIE,
    /** Array of maps. */
    ARRAY_OF_MAPS,
    /** Hash table of maps. */
    HASH_OF_MAPS,
    /** Network devices by index, to redirect packets to. */
    DEVMAP,
    /** Sockets by index. */
    SOCKMAP,
    /** CPUs, to redirect packets to. */
    CPUMAP,
    /** AF_XDP sockets. */
    XSKMAP,
    /** Sockets by key. */
    SOCKHASH,
    /** Storage per cgroup and program, superseded by {@link #CGRP_STORAGE}. */
    CGROUP_STORAGE,
    /** Sockets that share a port. */
    REUSEPORT_SOCKARRAY,
    /** {@link #CGROUP_STORAGE} with a value per CPU. */
    PERCPU_CGROUP_STORAGE,
    /** First in, first out. */
    QUEUE,
    /** Last in, first out. */
    STACK,
    /** Storage in sockets. */
    SK_STORAGE,
    /** Network devices by key. */
    DEVMAP_HASH,
    /** A kernel table of functions, filled with programs. */
    STRUCT_OPS,
    /** Ring buffer from programs to user space. */
    RINGBUF,
    /** Storage in inodes. */
    INODE_STORAGE,
    /** Storage in tasks. */
    TASK_STORAGE,
    /** Set that can err on the side of containing. */
    BLOOM_FILTER,
    /** Ring buffer from user space to programs. */
    USER_RINGBUF,
    /** Storage in cgroups. */
    CGRP_STORAGE,
    /** Memory shared by programs and user space. */
    ARENA,
    /** Addresses of instructions, for jump tables. */
    INSN_ARRAY,
    /** Hash table that resizes itself. */
    RHASH;

    private static final MapType[] VALUES = values();

    /** {@return the number that bpf(2) uses for this type} */
    @SuppressWarnings("EnumOrdinal") // the order is the header's
    public int number() {
        return ordinal();
    }

    /**
     * {@return whether a map of this type must be told how many elements it holds} The storages grow with what they are in,
     * struct_ops maps hold one, and arrays of perf events have one for each CPU unless they are told otherwise.
     */
    public boolean needsMaxEntries() {
        return switch (this) {
            case SK_STORAGE,
                    TASK_STORAGE,
                    INODE_STORAGE,
                    CGRP_STORAGE,
                    CGROUP_STORAGE,
                    PERCPU_CGROUP_STORAGE,
                    STRUCT_OPS,
                    PERF_EVENT_ARRAY -> false;
            default -> true;
        };
    }

    /**
     * Finds the type with a UAPI number.
     *
     * @param number the UAPI number
     * @return the type
     * @throws IllegalArgumentException if this version of ebpf4j knows no such type
     */
    public static MapType of(int number) {
        if (number < 0 || number >= VALUES.length) {
            throw new IllegalArgumentException("unknown MapType " + number + ", known are 0 to " + (VALUES.length - 1));
        }
        return VALUES[number];
    }
}
