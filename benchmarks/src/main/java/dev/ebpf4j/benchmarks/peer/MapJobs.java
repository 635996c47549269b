package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.benchmarks.peer.Peer.Job;
import dev.ebpf4j.benchmarks.peer.Peer.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Maps: single operations over the same 10,000 keys, by bytes and by codecs. */
final class MapJobs {
    static final int ENTRIES = 10_000;

    /** Everything that is measured of one kind of map. Each does all keys once and answers how many. */
    interface Operations {
        int lookups();

        int updates();

        int deletes();

        int walk();

        /** Puts all keys back, which is not timed. */
        void fill();
    }

    private final Map<String, Operations> kinds = new HashMap<>();

    private MapJobs() {}

    static void addTo(Map<String, Job> jobs) {
        MapJobs maps = new MapJobs();
        jobs.put("map", maps::map);
        jobs.put("batch", new BatchJobs()::batch);
        jobs.put("reads", new MappedReads()::reads);
    }

    /** KIND OPERATION TIMES: one operation for each of the keys; so many times. */
    private Result map(List<String> arguments) {
        Operations map = kinds.computeIfAbsent(arguments.get(0), MapKinds::open);
        String operation = arguments.get(1);
        long operations = 0;
        long nanos = 0;
        for (int times = Integer.parseInt(arguments.get(2)); times > 0; times--) {
            long start = System.nanoTime();
            operations += switch (operation) {
                case "lookup" -> map.lookups();
                case "update" -> map.updates();
                case "delete" -> map.deletes();
                default -> map.walk();
            };
            nanos += System.nanoTime() - start;
            if (operation.equals("delete")) {
                map.fill();
            }
        }
        return new Result(operations, nanos);
    }
}
