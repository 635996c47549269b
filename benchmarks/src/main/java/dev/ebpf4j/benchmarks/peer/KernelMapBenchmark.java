package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.benchmarks.peer.MapJobs.Operations;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Single operations on maps of 10,000 keys, by bytes and by codecs: what the paired runner times, without libbpf. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(MapJobs.ENTRIES)
public class KernelMapBenchmark {
    /** A kind of map that {@link MapKinds} knows. */
    @Param({"hash4", "hash16", "array", "percpu", "hash4-typed", "hash16-typed"})
    public String kind = "hash4";

    private Operations map = MapKinds.open(kind);

    /** Fills the map. */
    @Setup
    public void open() {
        map = MapKinds.open(kind);
    }

    /** Each key once. */
    @Benchmark
    public int lookup() {
        return map.lookups();
    }

    /** Each key once. */
    @Benchmark
    public int update() {
        return map.updates();
    }

    /** From the first key to the end; through codecs with the values. */
    @Benchmark
    public int next() {
        return map.walk();
    }
}
