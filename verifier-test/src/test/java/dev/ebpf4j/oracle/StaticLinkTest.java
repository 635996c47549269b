package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.elf.StaticLinker;
import dev.ebpf4j.oracle.ObjectDump.ProgramDump;
import dev.ebpf4j.oracle.Oracles.Found;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What our linker makes of two objects must be for the kernel what bpftool makes of them. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class StaticLinkTest {
    static final List<String> CPUS = BpfSource.CPUS;

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @ParameterizedTest
    @FieldSource("CPUS")
    void theKernelHoldsWhatBpftoolLinks(String cpu) throws IOException {
        Path a = BpfSource.LINK_A.compile(cpu, folder);
        Path b = BpfSource.LINK_B.compile(cpu, folder);
        Path linked = Files.write(folder.resolve("linked.bpf.o"), link(a, b));
        ObjectDump theirs = Ours.load(ElfReader.read(bpftool(a, b)));
        ObjectDump ours = Ours.load(ElfReader.read(linked));
        assertEquals(theirs.maps(), ours.maps());
        assertEquals(theirs.programs().keySet(), ours.programs().keySet());
        assertEquals(2, ours.programs().size());
        for (ProgramDump their : theirs.programs().values()) {
            ProgramDump our = Objects.requireNonNull(ours.programs().get(their.name()));
            assertEquals(their.lines(), our.lines(), their.name());
            assertEquals(their, our);
        }
    }

    /** libbpf, too, loads our file. */
    @ParameterizedTest
    @FieldSource("CPUS")
    void libbpfLoadsWhatWeLink(String cpu) throws IOException {
        Path a = BpfSource.LINK_A.compile(cpu, folder);
        Path b = BpfSource.LINK_B.compile(cpu, folder);
        Path linked = Files.write(folder.resolve("linked.bpf.o"), link(a, b));
        ObjectDump theirs = Objects.requireNonNull(
                Libbpf.loadWhole(List.of(linked)).objects().get(linked.toString()));
        assertEquals(theirs, Ours.load(ElfReader.read(linked)));
    }

    private static byte[] link(Path... files) throws IOException {
        List<StaticLinker.Input> inputs = new ArrayList<>();
        for (Path file : files) {
            inputs.add(new StaticLinker.Input(file.getFileName().toString(), Files.readAllBytes(file)));
        }
        return StaticLinker.link(inputs);
    }

    private Path bpftool(Path a, Path b) throws IOException {
        Found bpftool = Oracles.bpftool();
        Path output = folder.resolve("theirs").resolve("linked.bpf.o");
        Files.createDirectories(output.getParent());
        List<String> command =
                List.of(bpftool.file().toString(), "gen", "object", output.toString(), a.toString(), b.toString());
        Tool.lines(bpftool.libraries(), LIMIT, command);
        return output;
    }
}
