package dev.ebpf4j.benchmarks.peer;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebpf4j.benchmarks.peer.Peer.Result;
import dev.ebpf4j.maps.BatchCursor;
import dev.ebpf4j.maps.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Batches over the same 10,000 keys as single operations. */
final class BatchJobs {
    private record Batched(BpfMap map, MemorySegment keys, MemorySegment values, Map<Integer, BatchCursor> cursors) {}

    private final Map<String, Batched> kinds = new HashMap<>();

    /** KIND OPERATION COUNT TIMES: all keys by batches of COUNT; so many times. */
    Result batch(List<String> arguments) {
        Batched map = kinds.computeIfAbsent(arguments.get(0), BatchJobs::open);
        String operation = arguments.get(1);
        int count = Integer.parseInt(arguments.get(2));
        long operations = 0;
        long nanos = 0;
        for (int times = Integer.parseInt(arguments.get(3)); times > 0; times--) {
            long start = System.nanoTime();
            operations += switch (operation) {
                case "lookup" -> lookups(map, count);
                case "update" -> updates(map, count);
                default -> deletes(map, count);
            };
            nanos += System.nanoTime() - start;
            if (operation.equals("delete")) {
                updates(map, count);
            }
        }
        return new Result(operations, nanos);
    }

    private static Batched open(String kind) {
        BpfMap map = MapKinds.create(kind);
        Arena arena = Arena.ofConfined();
        MemorySegment keys = arena.allocate((long) MapJobs.ENTRIES * map.keySize(), Long.BYTES);
        MemorySegment values = arena.allocate((long) MapJobs.ENTRIES * map.valueBytes(), Long.BYTES);
        for (int i = 0; i < MapJobs.ENTRIES; i++) {
            keys.set(JAVA_INT, (long) i * map.keySize(), i);
            values.set(JAVA_INT, (long) i * map.valueBytes(), i);
        }
        Batched batched = new Batched(map, keys, values, new HashMap<>());
        updates(batched, MapJobs.ENTRIES);
        return batched;
    }

    private static int lookups(Batched map, int count) {
        BatchCursor cursor =
                map.cursors.computeIfAbsent(count, capacity -> map.map.batches().lookup(capacity));
        cursor.restart();
        int elements = 0;
        while (cursor.next()) {
            elements += cursor.count();
        }
        if (elements != MapJobs.ENTRIES) {
            throw new IllegalStateException(elements + " elements");
        }
        return elements;
    }

    private static int updates(Batched map, int count) {
        for (int first = 0; first < MapJobs.ENTRIES; first += count) {
            map.map.batches().update(keys(map, first, count), values(map, first, count), count, BpfMap.ANY);
        }
        return MapJobs.ENTRIES;
    }

    private static int deletes(Batched map, int count) {
        for (int first = 0; first < MapJobs.ENTRIES; first += count) {
            map.map.batches().delete(keys(map, first, count), count);
        }
        return MapJobs.ENTRIES;
    }

    private static MemorySegment keys(Batched map, int first, int count) {
        long size = map.map.keySize();
        return map.keys.asSlice(first * size, count * size);
    }

    private static MemorySegment values(Batched map, int first, int count) {
        long size = map.map.valueBytes();
        return map.values.asSlice(first * size, count * size);
    }
}
