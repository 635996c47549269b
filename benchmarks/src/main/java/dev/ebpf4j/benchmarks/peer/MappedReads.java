package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.benchmarks.peer.Peer.Result;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.MappedArray;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads of an array that is mapped into memory. */
final class MappedReads {
    private static final int ENTRIES = 8192;
    static final int READS = 100_000;

    private @Nullable MappedArray array;

    /** TIMES: 100,000 reads at places that no prefetcher guesses; so many times. */
    Result reads(List<String> arguments) {
        MappedArray mapped = array;
        if (mapped == null) {
            mapped = open();
            array = mapped;
        }
        long sum = 0;
        long nanos = 0;
        int times = Integer.parseInt(arguments.getFirst());
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            sum += read(mapped);
            nanos += System.nanoTime() - start;
        }
        if (sum == 0) {
            throw new IllegalStateException("wrong values");
        }
        return new Result((long) times * READS, nanos);
    }

    private static long read(MappedArray mapped) {
        long sum = 0;
        for (int i = 0; i < READS; i++) {
            sum += mapped.getLong((i * 0x9e3779b1) >>> 19);
        }
        return sum;
    }

    private static MappedArray open() {
        MappedArray mapped = MappedArray.open(BpfMap.create(MapSpec.builder("mapped", MapType.ARRAY)
                .keySize(Integer.BYTES)
                .valueSize(Long.BYTES)
                .maxEntries(ENTRIES)
                .flags(MapSpec.MMAPABLE)
                .build()));
        for (int i = 0; i < ENTRIES; i++) {
            mapped.setLong(i, i);
        }
        return mapped;
    }
}
