package dev.ebpf4j.benchmarks;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

    private final Arena arena = Arena.ofShared();
    private final MemorySegment attr = arena.allocate(BpfAttr.ProgTestRun.BYTES, Long.BYTES);
    private final LoadedObject object = BpfLoader.load(ElfReader.read(Objects.compile("fill.bpf.c"), "fill"));
    private final RingBuffer ring = RingBuffer.open(object.map("ring"));
    private final Sys sys = Sys.host();
    private long sum;

    /** Has the kernel write as many records as fit. */
    @Setup(Level.Invocation)
    public void fill() {
        attr.fill((byte) 0);
        attr.set(JAVA_INT, BpfAttr.ProgTestRun.PROG_FD, object.program("fill").fd());
        long result = sys.bpf(Uapi.Cmd.BPF_PROG_TEST_RUN, attr, BpfAttr.ProgTestRun.BYTES);
        if (result < 0) {
            throw new IllegalStateException("BPF_PROG_TEST_RUN answered " + result);
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
        arena.close();
    }
}
