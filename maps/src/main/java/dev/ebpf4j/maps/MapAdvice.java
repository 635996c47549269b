package dev.ebpf4j.maps;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.util.Locale;

/** Why the kernel refused something of a map, where that can be told from the map and the errno alone. */
final class MapAdvice {
    private static final int NO_PREALLOC = 1;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private MapAdvice() {}

    /** Of a map that could not be created; empty if unknown. */
    static String create(Sys sys, MapSpec spec, Errno errno) {
        if (errno.is(Errno.EINVAL)) {
            String lacking = lacking(sys, spec.type());
            return lacking.isEmpty() ? shape(spec) : lacking;
        }
        return errno.is(Errno.E2BIG) || errno.is(Errno.ENOMEM) ? size(spec) : "";
    }

    /** Which kernel has maps of a type, where this one refuses even the smallest of it; empty if it does not. */
    static String lacking(Sys sys, MapType type) {
        return switch (type) {
            case BLOOM_FILTER -> lacking(sys, smallest(type, 0, 8, 1, 0), "5.16");
            case USER_RINGBUF -> lacking(sys, smallest(type, 0, 0, (int) sys.pageSize(), 0), "6.1");
            case ARENA -> lacking(sys, smallest(type, 0, 0, 1, MapSpec.MMAPABLE), "6.9");
            case INSN_ARRAY -> lacking(sys, smallest(type, 4, 16, 1, 0), "6.19");
            case RHASH -> lacking(sys, smallest(type, 4, 8, 1, NO_PREALLOC), "7.1");
            default -> "";
        };
    }

    private static MapSpec smallest(MapType type, int keySize, int valueSize, int entries, int flags) {
        return MapSpec.builder("", type)
                .keySize(keySize)
                .valueSize(valueSize)
                .maxEntries(entries)
                .flags(flags)
                .build();
    }

    private static String lacking(Sys sys, MapSpec smallest, String since) {
        long fd = MapCalls.tryCreate(sys, smallest, MapCreation.PLAIN);
        if (fd >= 0) {
            new Fd(sys, fd).close();
        }
        return fd == -Errno.EINVAL
                ? "this kernel has no maps of type " + smallest.type() + ", which came with Linux " + since
                : "";
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
