package dev.ebpf4j.benchmarks;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.ObjectSpec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The stages before the first system call, for the object of the bootstrap example. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ObjectBenchmark {
    private final byte[] elf = Objects.compile("bootstrap.bpf.c");
    private final KernelInfo kernel = KernelInfo.detect();
    private final LinkInputs inputs = LinkInputs.of(kernel::btf);
    private final ObjectSpec spec = ElfReader.read(elf, "bootstrap");
    private final LinkedObject linked = ObjectLinker.link(spec, inputs);

    /** Bytes to a spec. */
    @Benchmark
    public ObjectSpec read() {
        return ElfReader.read(elf, "bootstrap");
    }

    /** CO-RE and the other passes, with the kernel's types parsed and indexed. */
    @Benchmark
    public LinkedObject link() {
        return ObjectLinker.link(spec, inputs);
    }

    /** The steps, for a kernel that has everything. */
    @Benchmark
    public LoadPlan plan() {
        return LoadPlan.of(linked, KernelFeatures.ALL, kernel.machine());
    }
}
