package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.insn.InsnFormatException;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the bytes are, the line from them to a plan ends in a plan, or in an exception that says what is wrong with the
 * object. {@link #main} does the same for any number of inputs and seeds.
 */
class LineFuzzTest {
    private static final int INPUTS = Integer.getInteger("ebpf4j.fuzz", 400);
    private static final Machine MACHINE = new Machine(4096, 2);

    private final LinkInputs inputs;
    private int plans;
    private int refused;

    LineFuzzTest() throws IOException {
        Path kernel = Path.of("/sys/kernel/btf/vmlinux");
        Optional<Btf> btf =
                Files.isReadable(kernel) ? Optional.of(Btf.parse(Files.readAllBytes(kernel))) : Optional.empty();
        inputs = LinkInputs.of(() -> btf);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "everything", "common", "plain"})
    void onlyOwnExceptionsLeaveTheLine(String name) {
        byte[] original = Fixture.bytes(name + ".bpf.o");
        for (int seed = 0; seed < INPUTS; seed++) {
            check(name, original, seed);
        }
        // mutations that always or never break the file would test nothing
        assertTrue(plans > INPUTS / 50 && refused > INPUTS / 50, plans + " plans, " + refused + " refused");
    }

    private void check(String name, byte[] original, long seed) {
        byte[] mutated = Mutations.of(original, seed);
        try {
            ObjectSpec spec = ElfReader.read(mutated, "fuzz");
            for (ProgramSpec program : spec.programs()) {
                plan(spec.only(program.name()));
            }
            StaticLinker.link(List.of(new StaticLinker.Input("a", mutated), new StaticLinker.Input("b", original)));
        } catch (ElfFormatException | BtfFormatException | LinkException e) {
            refused++;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(name + ", seed " + seed + " of " + mutated.length + " bytes", e);
        }
    }

    private void plan(ObjectSpec spec) {
        try {
            LoadPlan plan = LoadPlan.of(ObjectLinker.link(spec, inputs), KernelFeatures.ALL, MACHINE);
            plans += plan.toString().isEmpty() ? 0 : 1;
        } catch (LinkException | InsnFormatException e) {
            refused++;
        }
    }

    /**
     * Fuzzes with the object files of folders as seeds.
     *
     * @param args the number of inputs, the first seed, then files or folders
     */
    public static void main(String[] args) throws IOException {
        List<Path> seeds = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            try (Stream<Path> files = Files.walk(Path.of(args[i]))) {
                files.filter(file -> file.toString().endsWith(".o")).sorted().forEach(seeds::add);
            }
        }
        LineFuzzTest fuzz = new LineFuzzTest();
        int inputs = Integer.parseInt(args[0]);
        long first = Long.parseLong(args[1]);
        long slowest = 0;
        for (int i = 0; i < inputs; i++) {
            Path seed = seeds.get(i % seeds.size());
            long start = System.nanoTime();
            fuzz.check(seed.toString(), Files.readAllBytes(seed), first + i / seeds.size());
            slowest = Math.max(slowest, System.nanoTime() - start);
        }
        System.Logger log = System.getLogger("fuzz");
        log.log(
                System.Logger.Level.INFO,
                "{0} inputs from {1} seeds: {2} plans, {3} refused, slowest {4} ms",
                inputs,
                seeds.size(),
                fuzz.plans,
                fuzz.refused,
                slowest / 1_000_000);
    }
}
