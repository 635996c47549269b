package dev.ebpf4j.benchmarks;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.rings.RingBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Time per record of 64 bytes to drain a full ring buffer of 256 KiB, which is in the cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelRingBenchmark {
    private static final int RECORDS = 256 * 1024 / 72;

    private final TestRun fill = TestRun.onContext(ByteBuffer.allocate(2 * Integer.BYTES)
            .order(ByteOrder.nativeOrder())
            .putInt(RECORDS)
            .putInt(64)
            .array());
    private final LoadedObject object = BpfLoader.load(ElfReader.read(Objects.compile("produce.bpf.c"), "produce"));
    private final RingBuffer ring = RingBuffer.open(object.map("ring"));
    private long sum;

    /** Has the kernel write as many records as fit. */
    @Setup(Level.Invocation)
    public void fill() {
        int written = object.program("produce").testRun(fill).returnValue();
        if (written != RECORDS) {
            throw new IllegalStateException(written + " records fit");
        }
        sum = 0;
    }

    /** Adds up the first eight bytes of each record. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long drain() {
        int count = ring.consume(record -> sum += record.getLong(0));
        if (count != RECORDS || sum != (RECORDS - 1L) * RECORDS / 2) {
            throw new IllegalStateException(count + " records that add up to " + sum);
        }
        return sum;
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        ring.close();
        object.close();
    }
}
