package dev.ebpf4j.benchmarks;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What every load pays for the running kernel's types: parse about 5 MB, build the name index, find one struct. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VmlinuxBtfBenchmark {
    private final byte[] bytes = read(Path.of("/sys/kernel/btf/vmlinux"));
    private final Btf indexed = Btf.parse(bytes);

    /** Checks the whole table; the name index is left for later. */
    @Benchmark
    public Btf parse() {
        return Btf.parse(bytes);
    }

    /** Parse and first search: what one cold load costs. */
    @Benchmark
    public OptionalInt parseAndFind() {
        return Btf.parse(bytes).find("task_struct", BtfType.Struct.class);
    }

    /** A search once the index is there, with the struct inflated. */
    @Benchmark
    public BtfType find() {
        return indexed.type(indexed.find("task_struct", BtfType.Struct.class).getAsInt());
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
