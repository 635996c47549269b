package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.benchmarks.peer.MapJobs.Operations;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;

/** The kinds of maps by name; those that the peer in C knows have the same names and shapes there. */
final class MapKinds {
    /** A key of 16 bytes. */
    public record FlowKey(int source, int destination, int ports, int protocol) {}

    /** A value of 32 bytes. */
    public record FlowValue(long packets, long bytes, long first, long last) {}

    private MapKinds() {}

    static Operations open(String kind) {
        return switch (kind) {
            case "hash4-typed" ->
                new TypedOperations<>(
                        BpfHashMap.of(create("hash4"), Codecs.INT, Codecs.LONG), i -> i, i -> (long) i, value -> value);
            case "hash16-typed" ->
                new TypedOperations<>(
                        BpfHashMap.of(create("hash16"), Codecs.record(FlowKey.class), Codecs.record(FlowValue.class)),
                        i -> new FlowKey(i, 0, 0, 0),
                        i -> new FlowValue(i, 0, 0, 0),
                        FlowValue::packets);
            default -> new ByteOperations(create(kind));
        };
    }

    static BpfMap create(String kind) {
        return switch (kind) {
            case "hash4" -> create(MapType.HASH, 4, 8, 65_536);
            case "hash16" -> create(MapType.HASH, 16, 32, 65_536);
            case "array" -> create(MapType.ARRAY, 4, 8, MapJobs.ENTRIES);
            case "percpu" -> create(MapType.PERCPU_HASH, 4, 8, 65_536);
            default -> throw new IllegalArgumentException("no kind " + kind);
        };
    }

    private static BpfMap create(MapType type, int keySize, int valueSize, int maxEntries) {
        return BpfMap.create(MapSpec.builder("peer", type)
                .keySize(keySize)
                .valueSize(valueSize)
                .maxEntries(maxEntries)
                .build());
    }
}
