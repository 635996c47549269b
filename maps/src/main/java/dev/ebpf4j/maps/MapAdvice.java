package dev.ebpf4j.maps;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.Locale;

/** Why the kernel refused something of a map, where that can be told from the map and the errno alone. */
final class MapAdvice {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private MapAdvice() {}

    /** Of a map that could not be created; empty if unknown. */
    static String create(MapSpec spec, Errno errno) {
        if (errno.is(Errno.EINVAL)) {
            return shape(spec);
        }
        return errno.is(Errno.E2BIG) || errno.is(Errno.ENOMEM) ? size(spec) : "";
    }

    private static String shape(MapSpec spec) {
        MapType type = spec.type();
        if (spec.maxEntries() == 0 && hasEntries(type)) {
            return "it is to hold 0 entries: give __uint(max_entries, N) in C, or withMaxEntries(N)";
        }
        if (isArray(type) && spec.keySize() != Integer.BYTES) {
            return "the keys of " + type + " maps are indexes of 4 bytes, these have " + spec.keySize();
        }
        if (isHash(type) && (spec.keySize() == 0 || spec.valueSize() == 0)) {
            return "it needs the types of its keys and values: give __type(key, …) and __type(value, …) in C";
        }
        return "";
    }

    private static String size(MapSpec spec) {
        double bytes = (double) Integer.toUnsignedLong(spec.maxEntries())
                * (Integer.toUnsignedLong(spec.keySize()) + Integer.toUnsignedLong(spec.valueSize()));
        int unit = 0;
        while (bytes >= 1024 && unit < UNITS.length - 1) {
            bytes /= 1024;
            unit++;
        }
        return spec.maxEntries() == 0
                ? ""
                : String.format(
                        Locale.ROOT, "its keys and values alone take %.1f %s: lower max_entries", bytes, UNITS[unit]);
    }

    /** Of an element that could not be written; empty if unknown. Who writes by index or adds to a full map gets E2BIG. */
    static String update(MapType type, int maxEntries, Errno errno) {
        String most = Integer.toUnsignedString(maxEntries);
        if (errno.is(Errno.E2BIG) && isArray(type)) {
            return "the index is not below max_entries, which is " + most;
        }
        boolean full = errno.is(Errno.E2BIG) ? isHash(type) || isQueue(type) : errno.is(Errno.ENOSPC) && isTrie(type);
        return full ? "the map is full: max_entries is " + most : "";
    }

    private static boolean hasEntries(MapType type) {
        return isArray(type) || isHash(type) || isQueue(type) || isTrie(type);
    }

    private static boolean isArray(MapType type) {
        return switch (type) {
            case ARRAY, PERCPU_ARRAY, PROG_ARRAY, PERF_EVENT_ARRAY, CGROUP_ARRAY, ARRAY_OF_MAPS -> true;
            default -> false;
        };
    }

    private static boolean isHash(MapType type) {
        return switch (type) {
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH, HASH_OF_MAPS -> true;
            default -> false;
        };
    }

    private static boolean isQueue(MapType type) {
        return type == MapType.QUEUE || type == MapType.STACK;
    }

    private static boolean isTrie(MapType type) {
        return type == MapType.LPM_TRIE;
    }
}
