package dev.ebpf4j.oracle;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.ProgramInfo;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.oracle.ObjectDump.ProgramDump;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.KernelNames;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Loads each program of an object by itself, as the kernel's veristat does, and as {@code libbpf_oracle.c} does by libbpf. */
final class EachAlone {
    private final @Nullable Btf types;

    /** Loads into the kernel. */
    EachAlone() {
        types = null;
    }

    /** Loads nothing, but says what would be loaded into a kernel with these types. */
    EachAlone(Btf types) {
        this.types = types;
    }

    /** An object that was read, or why it could not be. */
    record Opened(Outcome outcome, @Nullable ObjectSpec spec) {}

    static Opened open(Path file) {
        try {
            ObjectSpec spec = ElfReader.read(file);
            Outcome outcome = new Outcome(file.toString(), true, "-", new TreeSet<>(), new LinkedHashMap<>());
            spec.maps().forEach(map -> outcome.maps().add(text(spec, map)));
            return new Opened(outcome, spec);
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return new Opened(
                    new Outcome(file.toString(), false, words(e), new TreeSet<>(), new LinkedHashMap<>()), null);
        }
    }

    Outcome.Program run(ObjectSpec spec, ProgramSpec program) {
        try {
            ObjectSpec alone = alone(spec, program.name());
            return types == null ? load(alone, program) : prepare(alone, program, types);
        } catch (VerifierException e) {
            return failure(
                    program, "-" + e.errno().number(), "verifier: " + e.log().reason());
        } catch (BpfException e) {
            return failure(program, "-" + e.errno().number(), words(e));
        } catch (LinkException e) {
            return failure(program, "link", words(e));
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return failure(program, "bug", words(e));
        }
    }

    /** The object without its other programs; nothing is pinned, and no map is without entries. */
    private static ObjectSpec alone(ObjectSpec spec, String name) {
        ObjectSpec only = spec.only(name);
        return only.toBuilder()
                .maps(only.maps().stream().map(EachAlone::makeable).toList())
                .build();
    }

    private static MapSpec makeable(MapSpec map) {
        MapSpec unpinned = map.toBuilder().pinning(MapSpec.Pinning.NONE).build();
        return map.maxEntries() == 0 && map.type().needsMaxEntries() ? unpinned.withMaxEntries(1) : unpinned;
    }

    private static Outcome.Program load(ObjectSpec alone, ProgramSpec program) {
        try (LoadedObject loaded = BpfLoader.load(alone)) {
            ProgramInfo info = loaded.program(program.name()).info();
            return new Outcome.Program(
                    program.name(),
                    program.section(),
                    "0",
                    info.tag(),
                    info.xlatedLength(),
                    info.verifiedInstructions(),
                    "-",
                    "");
        }
    }

    private static Outcome.Program prepare(ObjectSpec alone, ProgramSpec program, Btf types) {
        KernelInfo kernel = KernelInfo.detect();
        LinkInputs inputs = kernel.linkInputs().withCoReBtf(types);
        ObjectSpec anywhere = alone.withProgram(program.name(), EachAlone::withoutTarget);
        LoadPlan plan = LoadPlan.of(ObjectLinker.link(anywhere, inputs), kernel.features(), kernel.machine());
        ProgramDump dump = Objects.requireNonNull(Ours.programs(plan).get(program.name()));
        return new Outcome.Program(
                program.name(), program.section(), "0", "-", 0, 0, "-", dump.code() + " " + dump.uses());
    }

    /** libbpf looks for what a program attaches to after it prepared, and instructions do not depend on it. */
    private static ProgramSpec withoutTarget(ProgramSpec program) {
        return switch (program.type()) {
            case TRACING, LSM, EXT, UNSPEC ->
                program.withType(ProgramType.SOCKET_FILTER, AttachType.CGROUP_INET_INGRESS);
            default -> program;
        };
    }

    static Outcome.Program failure(ProgramSpec program, String result, String reason) {
        return new Outcome.Program(program.name(), program.section(), result, "-", 0, 0, reason, "");
    }

    /** In libbpf's words: named as in the kernel, ring buffers rounded to what the kernel takes. */
    private static String text(ObjectSpec spec, MapSpec map) {
        boolean section = map.name().startsWith(".");
        boolean ownName = map.name().startsWith(".data.") || map.name().startsWith(".rodata.");
        String name = section && !ownName ? KernelNames.ofMap(spec.name(), map.name()) : map.name();
        boolean ring = map.type() == MapType.RINGBUF || map.type() == MapType.USER_RINGBUF;
        long entries = Integer.toUnsignedLong(map.maxEntries());
        return name + " " + map.type().number() + " " + map.keySize() + " " + map.valueSize()
                + " "
                + (ring ? rounded(entries) : entries) + " " + map.flags() + " "
                + Long.toUnsignedString(map.mapExtra()) + " " + map.numaNode();
    }

    private static long rounded(long bytes) {
        long page = KernelInfo.detect().pageSize();
        return bytes == 0 ? 0 : Math.max(page, Long.highestOneBit(bytes - 1) << 1);
    }

    private static String words(Throwable e) {
        String message = Objects.requireNonNullElse(e.getMessage(), "");
        String kind = e instanceof BpfException || e instanceof LinkException
                ? ""
                : e.getClass().getSimpleName() + ": ";
        return (kind + message).replaceAll("\\s+", " ").trim();
    }
}
