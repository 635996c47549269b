package dev.ebpf4j.benchmarks;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A whole object, from bytes to programs in the kernel and out again; not attached, since detaching takes 100 ms. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KernelLoadBenchmark {
    private final byte[] elf = Objects.compile("bootstrap.bpf.c");

    /** Reads, links, plans, loads and closes. */
    @Benchmark
    public int readLoadClose() {
        try (LoadedObject object = BpfLoader.load(ElfReader.read(elf, "bootstrap"))) {
            return object.programs().size();
        }
    }
}
