package dev.ebpf4j.benchmarks;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Look-ups in a hash map of 4-byte keys and 8-byte values. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelMapBenchmark {
    private static final int ENTRIES = 8192;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment key = arena.allocate(JAVA_INT);
    private final MemorySegment value = arena.allocate(JAVA_LONG);
    private final BpfMap map = BpfMap.create(MapSpec.builder("hash", MapType.HASH)
            .keySize(Integer.BYTES)
            .valueSize(Long.BYTES)
            .maxEntries(ENTRIES)
            .build());
    private final BpfHashMap<Integer, Long> typed = BpfHashMap.of(map, Codecs.INT, Codecs.LONG);
    private int next;

    /** Fills the map. */
    public KernelMapBenchmark() {
        for (int i = 0; i < ENTRIES; i++) {
            typed.update(i, (long) i);
        }
    }

    /** By bytes that the caller keeps. */
    @Benchmark
    public boolean lookup() {
        key.set(JAVA_INT, 0, next++ & (ENTRIES - 1));
        return map.lookup(key, value);
    }

    /** By codecs. */
    @Benchmark
    public @Nullable Long typedLookup() {
        return typed.lookup(next++ & (ENTRIES - 1));
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        map.close();
        arena.close();
    }
}
