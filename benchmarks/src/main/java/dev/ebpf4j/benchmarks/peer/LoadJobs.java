package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.benchmarks.peer.Peer.Job;
import dev.ebpf4j.benchmarks.peer.Peer.Result;
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
import java.util.List;
import java.util.Map;

/** Loading: an object file into the kernel, and the kernel's types. Closing is not timed: it takes 100 ms. */
final class LoadJobs {
    private LoadJobs() {}

    static void addTo(Map<String, Job> jobs) {
        jobs.put("load", arguments -> load(arguments, KernelInfo.detect()));
        jobs.put("load-first", arguments -> load(arguments, FreshKernel.get()));
        jobs.put("btf", arguments -> btf());
    }

    /** OBJECT: from the file to attached programs. */
    private static Result load(List<String> arguments, KernelInfo kernel) throws IOException {
        Path file = Path.of(arguments.getFirst());
        long start = System.nanoTime();
        ObjectSpec spec = ElfReader.read(Files.readAllBytes(file), "object");
        LinkedObject linked = ObjectLinker.link(spec, kernel.linkInputs());
        LoadPlan plan = LoadPlan.of(linked, kernel.features(), kernel.machine());
        List<Link> links = new ArrayList<>();
        try (LoadedObject object = BpfLoader.load(plan)) {
            for (Program program : object.programs()) {
                links.add(program.attach());
            }
            long nanos = System.nanoTime() - start;
            links.forEach(Link::close);
            return new Result(1, nanos);
        }
    }

    /** Maps and indexes the kernel's types. */
    private static Result btf() {
        KernelInfo kernel = FreshKernel.get();
        long start = System.nanoTime();
        if (kernel.btf().orElseThrow().kind(1).type() == BtfType.Void.class) {
            throw new IllegalStateException("type 1 is void");
        }
        return new Result(1, System.nanoTime() - start);
    }
}
