package dev.ebpf4j.benchmarks;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.ClangNotFoundException;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** JMH without the benchmarks that this machine cannot run; says which, and why. */
public final class Main {
    private static final System.Logger LOG = System.getLogger(Main.class.getName());

    private Main() {}

    /**
     * Runs benchmarks.
     *
     * @param args JMH's own options
     * @throws RunnerException if a benchmark fails
     * @throws CommandLineOptionException if an option is wrong
     */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        CommandLineOptions line = new CommandLineOptions(args);
        ChainedOptionsBuilder options = new OptionsBuilder().parent(line);
        line.getExcludes().forEach(options::exclude);
        String btf = Files.isReadable(Path.of("/sys/kernel/btf/vmlinux")) ? null : "no /sys/kernel/btf/vmlinux here";
        String compiler = btf != null ? btf : compiler();
        leaveOut(options, "Vmlinux", btf);
        leaveOut(options, "Object", compiler);
        leaveOut(options, "Kernel", compiler != null ? compiler : permission());
        new Runner(options.build()).run();
    }

    private static void leaveOut(ChainedOptionsBuilder options, String benchmarks, @Nullable String reason) {
        if (reason != null) {
            LOG.log(System.Logger.Level.WARNING, "skipped: {0}*Benchmark: {1}", benchmarks, reason);
            options.exclude("\\." + benchmarks);
        }
    }

    private static @Nullable String compiler() {
        try {
            Clang.find();
            return null;
        } catch (ClangNotFoundException e) {
            return e.getMessage();
        }
    }

    private static @Nullable String permission() {
        try (BpfMap map = BpfMap.create(MapSpec.builder("probe", MapType.ARRAY)
                .keySize(4)
                .valueSize(8)
                .maxEntries(1)
                .build())) {
            return map.fd() < 0 ? "no map" : null;
        } catch (BpfException | UnsupportedOperationException e) {
            return e.getMessage();
        }
    }
}
