package dev.ebpf4j.plan;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;

/** Fits the shape of a map to a machine and its kernel. */
final class MapShape {
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
        boolean typed = withBtf && takesTypes(map.type());
        MapSpec inner = map.inner();
        return map.toBuilder()
                .keySize(size(map, map.keySize()))
                .valueSize(size(map, map.valueSize()))
                .maxEntries(maxEntries(map))
                .flags(flags(map))
                .typeIds(typed ? map.keyTypeId() : 0, typed ? map.valueTypeId() : 0)
                .inner(inner == null ? null : fit(inner))
                .build();
    }

    /** A type declared for a buffer's values says what its records are; the kernel wants no sizes, or those of descriptors. */
    private static int size(MapSpec map, int declared) {
        return switch (map.type()) {
            case RINGBUF, USER_RINGBUF -> 0;
            case PERF_EVENT_ARRAY -> Integer.BYTES;
            default -> declared;
        };
    }

    private int maxEntries(MapSpec map) {
        return switch (map.type()) {
            case RINGBUF, USER_RINGBUF -> ringBytes(map.maxEntries());
            case PERF_EVENT_ARRAY -> map.maxEntries() == 0 ? machine.possibleCpus() : map.maxEntries();
            default -> map.maxEntries();
        };
    }

    /** The kernel takes a power of two of pages; what can't be rounded up is left for it to refuse. */
    private int ringBytes(int wanted) {
        if (wanted == 0) {
            return 0;
        }
        long size = machine.pageSize();
        while (size < Integer.toUnsignedLong(wanted)) {
            size <<= 1;
        }
        return size > 0xffff_ffffL ? wanted : (int) size;
    }

    private int flags(MapSpec map) {
        if (map.type() == MapType.ARENA) {
            return map.flags() | MapSpec.MMAPABLE; // the kernel takes no other arena
        }
        boolean mmapable = map.type() == MapType.ARRAY && (map.flags() & MapSpec.MMAPABLE) != 0;
        return mmapable && features.lacks(Feature.ARRAY_MMAP, NOT_MMAPABLE)
                ? map.flags() & ~MapSpec.MMAPABLE
                : map.flags();
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
