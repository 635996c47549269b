package dev.ebpf4j.plan;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;

/**
 * Fits the shape of a map to what the kernel takes of its type: for the maps of an object, and for those that are created
 * by hand.
 *
 * <p>Source of the rules: the {@code map_alloc_check} and {@code map_check_btf} of each type in {@code kernel/bpf} and
 * {@code net}, Linux 6.18.
 */
public final class MapShape {
    private static final int NO_PREALLOC = 1;
    private static final int INSN_VALUE_BYTES = 16;
    private static final String NOT_MMAPABLE = "variables are read and written by system calls, not in shared memory";

    private final Degradations features;
    private final Machine machine;
    private final boolean withBtf;

    /**
     * @param withBtf whether the object's type information is loaded
     */
    MapShape(Degradations features, Machine machine, boolean withBtf) {
        this.features = features;
        this.machine = machine;
        this.withBtf = withBtf;
    }

    /** Returns the map with the sizes, flags and type ids that this kernel wants; its inner map is fitted likewise. */
    MapSpec fit(MapSpec map) {
        MapSpec fitted = fit(map, machine);
        MapSpec inner = map.inner();
        return fitted.toBuilder()
                .flags(supported(fitted))
                .typeIds(withBtf ? fitted.keyTypeId() : 0, withBtf ? fitted.valueTypeId() : 0)
                .inner(inner == null ? null : fit(inner))
                .build();
    }

    private int supported(MapSpec map) {
        boolean mmapable = map.type() == MapType.ARRAY && (map.flags() & MapSpec.MMAPABLE) != 0;
        return mmapable && features.lacks(Feature.ARRAY_MMAP, NOT_MMAPABLE)
                ? map.flags() & ~MapSpec.MMAPABLE
                : map.flags();
    }

    /**
     * Returns the shape that the kernel takes: ring buffers of a power of two of pages, one perf event for each CPU where
     * no number is given, sizes and flags that the type admits no other of, no type ids where the type has no use for them.
     * What the type leaves open stays as it is, be it right or wrong.
     *
     * @param map the map as its user wants it; the maps inside are fitted likewise
     * @param machine page size and CPUs
     * @return the map as the kernel wants it
     */
    public static MapSpec fit(MapSpec map, Machine machine) {
        boolean typed = takesTypes(map.type());
        MapSpec inner = map.inner();
        return map.toBuilder()
                .keySize(keySize(map))
                .valueSize(valueSize(map))
                .maxEntries(maxEntries(map, machine))
                .flags(map.flags() | requiredFlags(map.type()))
                .typeIds(typed ? map.keyTypeId() : 0, typed ? map.valueTypeId() : 0)
                .inner(inner == null ? null : fit(inner, machine))
                .build();
    }

    /** A type declared for a buffer's keys or values says what its records are; the kernel wants no sizes there. */
    private static int keySize(MapSpec map) {
        return switch (map.type()) {
            case RINGBUF, USER_RINGBUF -> 0;
            case PERF_EVENT_ARRAY -> Integer.BYTES;
            case ARRAY, PERCPU_ARRAY, PROG_ARRAY, CGROUP_ARRAY, ARRAY_OF_MAPS, STACK_TRACE, INSN_ARRAY -> index(map);
            case DEVMAP, DEVMAP_HASH, SOCKMAP, CPUMAP, XSKMAP, REUSEPORT_SOCKARRAY -> index(map);
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> index(map);
            default -> map.keySize();
        };
    }

    private static int index(MapSpec map) {
        return map.keySize() == 0 ? Integer.BYTES : map.keySize();
    }

    private static int valueSize(MapSpec map) {
        return switch (map.type()) {
            case RINGBUF, USER_RINGBUF -> 0;
            case PERF_EVENT_ARRAY -> Integer.BYTES;
            case PROG_ARRAY, CGROUP_ARRAY, ARRAY_OF_MAPS, HASH_OF_MAPS -> value(map, Integer.BYTES);
            case DEVMAP, DEVMAP_HASH, SOCKMAP, SOCKHASH, CPUMAP, XSKMAP -> value(map, Integer.BYTES);
            case REUSEPORT_SOCKARRAY -> value(map, Long.BYTES);
            case INSN_ARRAY -> value(map, INSN_VALUE_BYTES);
            default -> map.valueSize();
        };
    }

    private static int value(MapSpec map, int least) {
        return map.valueSize() == 0 ? least : map.valueSize();
    }

    private static int maxEntries(MapSpec map, Machine machine) {
        return switch (map.type()) {
            case RINGBUF, USER_RINGBUF -> ringBytes(map.maxEntries(), machine.pageSize());
            case PERF_EVENT_ARRAY -> map.maxEntries() == 0 ? machine.possibleCpus() : map.maxEntries();
            default -> map.maxEntries();
        };
    }

    /** The kernel takes a power of two of pages; what can't be rounded up is left for it to refuse. */
    private static int ringBytes(int wanted, int pageSize) {
        if (wanted == 0) {
            return 0;
        }
        long size = pageSize;
        while (size < Integer.toUnsignedLong(wanted)) {
            size <<= 1;
        }
        return size > 0xffff_ffffL ? wanted : (int) size;
    }

    /** Flags without which the kernel creates no map of a type. */
    private static int requiredFlags(MapType type) {
        return switch (type) {
            case ARENA -> MapSpec.MMAPABLE;
            case LPM_TRIE, RHASH, SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> NO_PREALLOC;
            default -> 0;
        };
    }

    /** These map types refuse, or have no use for, the types of keys and values. */
    private static boolean takesTypes(MapType type) {
        return switch (type) {
            case PERF_EVENT_ARRAY,
                    CGROUP_ARRAY,
                    RINGBUF,
                    USER_RINGBUF,
                    STACK_TRACE,
                    ARRAY_OF_MAPS,
                    HASH_OF_MAPS,
                    DEVMAP,
                    DEVMAP_HASH,
                    CPUMAP,
                    XSKMAP,
                    SOCKMAP,
                    SOCKHASH,
                    QUEUE,
                    STACK,
                    ARENA -> false;
            default -> true;
        };
    }
}
