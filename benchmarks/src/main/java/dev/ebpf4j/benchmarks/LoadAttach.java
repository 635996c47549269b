package dev.ebpf4j.benchmarks;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.FreshKernel;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times one object from its file to attached programs in a warm JVM, closing left out, as {@code libbpf_peer load} does; and
 * the index of the kernel's types, as {@code libbpf_peer btf} does. JMH can't leave out closing, which takes 100 ms.
 */
public final class LoadAttach {
    private static final System.Logger LOG = System.getLogger(LoadAttach.class.getName());
    private static final int WARM_UP = 150;

    private LoadAttach() {}

    /**
     * Runs.
     *
     * @param args an object file and the number of measured runs
     * @throws IOException if the file can't be read
     */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        int runs = Integer.parseInt(args[1]);
        for (int i = 0; i < WARM_UP; i++) {
            load(file, i % 2 == 0 ? KernelInfo.detect() : FreshKernel.get(), i % 10 == 0);
        }
        double[] first = new double[runs];
        double[] next = new double[runs];
        double[] index = new double[runs];
        for (int i = 0; i < runs; i++) {
            first[i] = load(file, FreshKernel.get(), true);
            next[i] = load(file, KernelInfo.detect(), true);
            index[i] = index();
        }
        report("first object of a kernel, open+load+attach", first);
        report("next object, open+load+attach", next);
        report("kernel BTF: map and index", index);
    }

    private static double load(Path file, KernelInfo kernel, boolean attach) throws IOException {
        long start = System.nanoTime();
        ObjectSpec spec = ElfReader.read(Files.readAllBytes(file), "fields");
        LinkedObject linked = ObjectLinker.link(spec, kernel.linkInputs());
        LoadPlan plan = LoadPlan.of(linked, kernel.features(), kernel.machine());
        List<Link> links = new ArrayList<>();
        try (LoadedObject object = BpfLoader.load(plan)) {
            for (Program program : object.programs()) {
                if (attach) {
                    links.add(program.attach());
                }
            }
            double time = (System.nanoTime() - start) / 1e3;
            links.forEach(Link::close);
            return time;
        }
    }

    private static double index() {
        KernelInfo kernel = FreshKernel.get();
        long start = System.nanoTime();
        if (kernel.btf().orElseThrow().kind(1).type() == BtfType.Void.class) {
            throw new IllegalStateException("type 1 is void");
        }
        return (System.nanoTime() - start) / 1e3;
    }

    private static void report(String what, double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        LOG.log(
                System.Logger.Level.INFO,
                "ebpf4j %s: min %.0f median %.0f max %.0f us (%d runs)"
                        .formatted(
                                what, sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1], sorted.length));
    }
}
