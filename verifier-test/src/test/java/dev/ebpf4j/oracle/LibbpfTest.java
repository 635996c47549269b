package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.oracle.ObjectDump.ProgramDump;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Linked instructions must be libbpf's, instruction by instruction, and what the kernel then holds must be equal: tags, sizes
 * of the translated programs, maps.
 */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class LibbpfTest {
    static final List<String> CPUS = BpfSource.CPUS;

    /** Programs that use what libbpf came to know in version 1.3. */
    private static final Set<String> NEED_1_3 = Set.of("optional_functions");

    @TempDir
    Path folder;

    @ParameterizedTest
    @FieldSource("CPUS")
    void linksTheBootstrapProgramAsLibbpf(String cpu) throws IOException {
        Path object = BpfSource.BOOTSTRAP.compile(cpu, folder);
        assertSameWhole(object, Libbpf.loadWhole(List.of(object)), 2);
    }

    @ParameterizedTest
    @FieldSource("CPUS")
    void linksEveryKindOfRelocationAsLibbpf(String cpu) throws IOException {
        Path object = BpfSource.RELOCATIONS.compile(cpu, folder);
        Libbpf libbpf = Libbpf.loadWhole(List.of(object));
        assertSameWhole(object, libbpf, libbpf.isAtLeast(1, 3) ? 8 : 7);
    }

    private static void assertSameWhole(Path file, Libbpf libbpf, int programs) throws IOException {
        ObjectDump theirs = Objects.requireNonNull(libbpf.objects().get(file.toString()));
        boolean loads = theirs.programs().values().stream().allMatch(ProgramDump::isLoaded);
        assumeTrue(loads, "libbpf can't load " + file.getFileName() + " into this kernel either");
        ObjectDump ours = Ours.load(ElfReader.read(file));
        assertEquals(theirs.maps(), ours.maps());
        assertEquals(theirs.programs().keySet(), ours.programs().keySet());
        int compared = 0;
        for (ProgramDump their : theirs.programs().values()) {
            if (!NEED_1_3.contains(their.name()) || libbpf.isAtLeast(1, 3)) {
                ProgramDump our = Objects.requireNonNull(ours.programs().get(their.name()));
                assertEquals(their.lines(), our.lines(), their.name());
                assertEquals(their, our);
                compared++;
            }
        }
        assertEquals(programs, compared);
    }

    /** Also programs that this kernel refuses: their instructions are compared all the same. */
    @Test
    void linksEveryProgramAsLibbpfDoesWithoutTheOthers() throws IOException {
        Path hooks = BpfSource.HOOKS.compile("v3", folder);
        ObjectSpec spec = ElfReader.read(hooks);
        ObjectDump theirs =
                Objects.requireNonNull(Libbpf.loadEach(List.of(hooks)).objects().get(hooks.toString()));
        assertEquals(spec.programs().size(), theirs.programs().size());
        long loaded = theirs.programs().values().stream()
                .filter(their -> compareAlone(spec, their))
                .count();
        assertTrue(loaded > spec.programs().size() / 2, () -> "libbpf loads only " + loaded);
    }

    /** Whether libbpf could load it; then so must we. */
    private static boolean compareAlone(ObjectSpec spec, ProgramDump their) {
        ObjectSpec alone = spec.toBuilder()
                .programs(spec.programs().stream()
                        .map(program -> program.withAutoload(program.name().equals(their.name())))
                        .toList())
                .build();
        if (!their.isLoaded()) {
            ProgramDump our =
                    Objects.requireNonNull(Ours.programs(Ours.plan(alone)).get(their.name()));
            assertEquals(their.withoutMapNames().lines(), our.withoutMapNames().lines(), their.name());
            return false;
        }
        ProgramDump our = Objects.requireNonNull(Ours.load(alone).programs().get(their.name()));
        assertEquals(their.lines(), our.lines(), their.name());
        assertEquals(their, our);
        return true;
    }
}
