package dev.ebpf4j.maps;

import dev.ebpf4j.spec.MapType;

/**
 * What can be asked of the elements of a map, and which types have no such thing, whatever the kernel.
 *
 * <p>Source: the {@code map_ops} of each type in {@code kernel/bpf} and {@code net}, Linux 6.18.
 */
enum MapOperation {
    LOOKUP("look up an element of") {
        @Override
        boolean isMissing(MapType type) {
            return switch (type) {
                case PERF_EVENT_ARRAY, CGROUP_ARRAY, XSKMAP -> true;
                default -> hasNoElements(type);
            };
        }
    },
    LOOKUP_AND_DELETE("look up and delete an element of") {
        @Override
        boolean isMissing(MapType type) {
            return switch (type) {
                case HASH, LRU_HASH, PERCPU_HASH, LRU_PERCPU_HASH, RHASH, QUEUE, STACK, STACK_TRACE -> false;
                default -> true;
            };
        }
    },
    UPDATE("update an element of") {
        @Override
        boolean isMissing(MapType type) {
            return type == MapType.STACK_TRACE || hasNoElements(type);
        }
    },
    DELETE("delete an element of") {
        @Override
        boolean isMissing(MapType type) {
            return switch (type) {
                case ARRAY, PERCPU_ARRAY, CGROUP_STORAGE, PERCPU_CGROUP_STORAGE, INSN_ARRAY -> true;
                default -> hasNoKeys(type);
            };
        }
    },
    NEXT_KEY("walk the keys of") {
        @Override
        boolean isMissing(MapType type) {
            return switch (type) {
                case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> true;
                default -> hasNoKeys(type);
            };
        }
    };

    private final String words;

    MapOperation(String words) {
        this.words = words;
    }

    /** What is tried, for messages. */
    String words() {
        return words;
    }

    /** Whether maps of a type never have this operation for processes. */
    abstract boolean isMissing(MapType type);

    private static boolean hasNoElements(MapType type) {
        return switch (type) {
            case RINGBUF, USER_RINGBUF, ARENA -> true;
            default -> false;
        };
    }

    private static boolean hasNoKeys(MapType type) {
        return switch (type) {
            case QUEUE, STACK, BLOOM_FILTER -> true;
            default -> hasNoElements(type);
        };
    }
}
