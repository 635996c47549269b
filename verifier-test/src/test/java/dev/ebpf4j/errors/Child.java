package dev.ebpf4j.errors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.DataSection;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.KernelResources;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What runs in a {@link ChildJvm}: prints how far it came, and the failure as a user reads it. */
final class Child {
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);

    private Child() {}

    public static void main(String[] args) throws IOException {
        KernelResources before = KernelResources.now();
        try {
            switch (args[0]) {
                case "attach" -> attach(Path.of(args[1]));
                case "elsewhere" -> elsewhere(Path.of(args[1]), Path.of(args[2]));
                case "clang" -> OUT.println(Clang.find());
                default -> throw new IllegalArgumentException(args[0]);
            }
        } catch (RuntimeException e) {
            OUT.println(e.getMessage());
        }
        OUT.println("left open: " + KernelResources.now().since(before));
    }

    private static void attach(Path object) throws IOException {
        try (LoadedObject loaded = BpfLoader.load(ElfReader.read(object))) {
            OUT.println("loaded");
            List<Link> links = loaded.attachAll();
            OUT.println("attached " + links.size());
        }
    }

    /** Everything that needs no kernel, then what does. */
    private static void elsewhere(Path object, Path kernelTypes) throws IOException {
        OUT.println(System.getProperty("os.name"));
        List<Class<?>> all = List.of(BpfMap.class, RingBuffer.class, DataSection.class, Program.class, Codecs.class);
        all.forEach(Child::initialize);
        ObjectSpec spec = ElfReader.read(object).withVariable("target_pid", 1);
        LinkedObject linked = ObjectLinker.link(spec, LinkInputs.of(Btf.parse(Files.readAllBytes(kernelTypes))));
        LoadPlan plan = LoadPlan.of(linked, KernelFeatures.ALL, new Machine(4096, 4));
        OUT.println(plan.steps().size() > 4 ? "planned" : plan.toString());
        try {
            KernelInfo.detect();
            OUT.println("detected");
        } catch (UnsupportedOperationException e) {
            OUT.println(e.getMessage());
        }
        BpfLoader.load(plan).close();
    }

    private static void initialize(Class<?> type) {
        try {
            Class.forName(type.getName());
        } catch (ClassNotFoundException e) {
            throw new LinkageError("it was there a moment ago", e);
        }
    }
}
