package dev.ebpf4j.spec;

/**
 * Type of a map.
 *
 * <p>Constants are named after the UAPI header {@code linux/bpf.h} without their prefix {@code BPF_MAP_TYPE_}, in its order.
 */
public enum MapType {
    UNSPEC,
    HASH,
    ARRAY,
    PROG_ARRAY,
    PERF_EVENT_ARRAY,
    PERCPU_HASH,
    PERCPU_ARRAY,
    STACK_TRACE,
    CGROUP_ARRAY,
    LRU_HASH,
    LRU_PERCPU_HASH,
    LPM_TRIE,
    ARRAY_OF_MAPS,
    HASH_OF_MAPS,
    DEVMAP,
    SOCKMAP,
    CPUMAP,
    XSKMAP,
    SOCKHASH,
    CGROUP_STORAGE,
    REUSEPORT_SOCKARRAY,
    PERCPU_CGROUP_STORAGE,
    QUEUE,
    STACK,
    SK_STORAGE,
    DEVMAP_HASH,
    STRUCT_OPS,
    RINGBUF,
    INODE_STORAGE,
    TASK_STORAGE,
    BLOOM_FILTER,
    USER_RINGBUF,
    CGRP_STORAGE,
    ARENA,
    INSN_ARRAY,
    RHASH;

    private static final MapType[] VALUES = values();

    /** {@return the number that bpf(2) uses for this type} */
    @SuppressWarnings("EnumOrdinal") // the order is the header's
    public int number() {
        return ordinal();
    }

    /**
     * {@return the type with a UAPI number}
     *
     * @throws IllegalArgumentException if this version of ebpf4j knows no such type
     */
    public static MapType of(int number) {
        if (number < 0 || number >= VALUES.length) {
            throw new IllegalArgumentException("unknown MapType " + number + ", known are 0 to " + (VALUES.length - 1));
        }
        return VALUES[number];
    }
}
