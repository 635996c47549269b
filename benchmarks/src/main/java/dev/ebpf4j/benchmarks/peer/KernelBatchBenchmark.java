package dev.ebpf4j.benchmarks.peer;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Time per element of a hash of 10,000 by batches, and per read of a mapped array. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBatchBenchmark {
    /** Elements of a batch. */
    @Param({"1000", "10000"})
    public String count = "1000";

    private final BatchJobs batches = new BatchJobs();
    private final MappedReads mapped = new MappedReads();

    /** All elements. */
    @Benchmark
    @OperationsPerInvocation(MapJobs.ENTRIES)
    public Object lookup() {
        return batches.batch(List.of("hash4", "lookup", count, "1"));
    }

    /** All elements. */
    @Benchmark
    @OperationsPerInvocation(MapJobs.ENTRIES)
    public Object update() {
        return batches.batch(List.of("hash4", "update", count, "1"));
    }

    /** As many places of a mapped array. */
    @Benchmark
    @OperationsPerInvocation(MappedReads.READS)
    public Object reads() {
        return mapped.reads(List.of("1"));
    }
}
