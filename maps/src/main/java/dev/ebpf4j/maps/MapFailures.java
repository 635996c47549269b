package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Uapi.Flag;
import org.jspecify.annotations.Nullable;

/** Makes exceptions of the kernel's refusals, with causes only where they were looked into. */
final class MapFailures {
    private MapFailures() {}

    /** What to throw for an operation on an element. */
    static BpfException of(BpfMap map, MapOperation operation, long flags, Errno errno) {
        String words = operation.words() + " map '" + map.name() + "'";
        if (isRefusal(errno) && operation.isMissing(map.type())) {
            return new MapOperationException(words, errno, map.type());
        }
        if (operation == MapOperation.UPDATE && isFull(map.type(), errno)) {
            return new MapFullException(words, errno, map.maxEntries());
        }
        MapAccessException.Reason reason = errno.is(Errno.EPERM) ? reason(map, operation) : null;
        if (reason != null) {
            return new MapAccessException(words, errno, reason);
        }
        if (operation == MapOperation.LOOKUP_AND_DELETE && errno.is(Errno.ENOTSUPP)) {
            String since = map.type() == MapType.STACK_TRACE ? "6.18" : "5.14";
            return new UnsupportedFeatureException(
                    words, errno, "way to take elements out of maps of type " + map.type(), since);
        }
        return new BpfException(words, errno, advice(map, operation, flags, errno));
    }

    /** What to throw for a map that can't be frozen. */
    static BpfException freeze(BpfMap map, Errno errno) {
        String words = "freeze map '" + map.name() + "'";
        if (errno.is(Errno.EPERM) && map.usage().frozen()) {
            return new MapAccessException(words, errno, MapAccessException.Reason.FROZEN);
        }
        return new BpfException(
                words,
                errno,
                errno.is(Errno.EBUSY) ? "a process has it mapped into memory for writing, or is just writing it" : "");
    }

    private static boolean isRefusal(Errno errno) {
        return errno.is(Errno.EINVAL) || errno.is(Errno.EOPNOTSUPP) || errno.is(Errno.ENOTSUPP);
    }

    /** Hash tables and queues answer E2BIG, tries ENOSPC; to arrays E2BIG is an index out of range. */
    private static boolean isFull(MapType type, Errno errno) {
        return switch (type) {
            case HASH, PERCPU_HASH, HASH_OF_MAPS, DEVMAP_HASH, SOCKHASH, RHASH, QUEUE, STACK -> errno.is(Errno.E2BIG);
            case LRU_HASH, LRU_PERCPU_HASH -> errno.is(Errno.E2BIG);
            case LPM_TRIE -> errno.is(Errno.ENOSPC);
            default -> false;
        };
    }

    private static MapAccessException.@Nullable Reason reason(BpfMap map, MapOperation operation) {
        boolean reads = operation != MapOperation.UPDATE && operation != MapOperation.DELETE;
        boolean writes = operation != MapOperation.LOOKUP && operation != MapOperation.NEXT_KEY;
        MapUsage state = map.usage();
        if (writes && state.frozen()) {
            return MapAccessException.Reason.FROZEN;
        }
        if (writes && ((map.flags() & Flag.BPF_F_RDONLY) != 0 || state.readOnly())) {
            return MapAccessException.Reason.READ_ONLY;
        }
        boolean cannotRead = (map.flags() & Flag.BPF_F_WRONLY) != 0 || state.writeOnly();
        return reads && cannotRead ? MapAccessException.Reason.WRITE_ONLY : null;
    }

    private static String advice(BpfMap map, MapOperation operation, long flags, Errno errno) {
        if (operation == MapOperation.UPDATE && errno.is(Errno.E2BIG) && isIndexed(map.type())) {
            return "the index is not below max_entries, which is " + Integer.toUnsignedString(map.maxEntries());
        }
        boolean locks = (flags & BpfMap.F_LOCK) != 0 && errno.is(Errno.EINVAL);
        return locks && !SpinLocks.isIn(map.valueType())
                ? "F_LOCK is for values with a struct bpf_spin_lock, and nothing says that these have one"
                : "";
    }

    private static boolean isIndexed(MapType type) {
        return switch (type) {
            case ARRAY, PERCPU_ARRAY, PROG_ARRAY, PERF_EVENT_ARRAY, CGROUP_ARRAY, ARRAY_OF_MAPS -> true;
            case DEVMAP, SOCKMAP, CPUMAP, XSKMAP, REUSEPORT_SOCKARRAY, INSN_ARRAY -> true;
            default -> false;
        };
    }
}
