package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.benchmarks.Objects;
import dev.ebpf4j.benchmarks.peer.Consumers.Summing;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.rings.RingBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Time per record of 64 bytes to drain a full ring buffer of 256 KiB, which is in the cache. Filling it is not timed, but
 * what it allocates counts with the GC profiler.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelRingBenchmark {
    private static final int RECORDS = 256 * 1024 / 72;

    /** A consumer that {@link Consumers} knows. */
    @Param({"sum", "view", "record"})
    public String consumer = "sum";

    private final TestRun fill = RingJobs.job(RECORDS, "64");
    private final LoadedObject object = BpfLoader.load(ElfReader.read(Objects.compile("produce.bpf.c"), "produce"));
    private final RingBuffer ring = RingBuffer.open(object.map("ring"));
    private Summing adder = adder();

    private Summing adder() {
        return Consumers.of(consumer, TypeRef.named(object.spec().btf(), "peer_sample"));
    }

    /** Makes the consumer that is asked for. */
    @Setup
    public void open() {
        adder = adder();
    }

    /** Has the kernel write as many records as fit. */
    @Setup(Level.Invocation)
    public void fill() {
        int written = object.program("produce").testRun(fill).returnValue();
        if (written != RECORDS) {
            throw new IllegalStateException(written + " records fit");
        }
        adder.sum = 0;
    }

    /** Adds up what is in the records. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long drain() {
        int count = ring.consume(adder.consumer());
        if (count != RECORDS || adder.sum != adder.expected(RECORDS)) {
            throw new IllegalStateException(count + " records that add up to " + adder.sum);
        }
        return adder.sum;
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        ring.close();
        object.close();
    }
}
