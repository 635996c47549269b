package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.oracle.Differences.Kind;
import dev.ebpf4j.oracle.ObjectDump.ProgramDump;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Objects of others: each program by itself must load where libbpf loads it, with the same tag, and all maps must be defined
 * alike. A part of one package is always tried; the corpora that the scripts in {@code verifier-test/corpus} make are, where
 * they are: every {@code ebpf4j.corpus.every}-th object of them, all with 1.
 */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class CorpusTest {
    private static final int PART = 12;
    private static final int EVERY = Integer.getInteger("ebpf4j.corpus.every", 250);
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final Path SCRIPTS = Path.of("corpus");
    private static final Path CORPUS = Path.of(System.getProperty(
            "ebpf4j.corpus",
            Path.of(System.getProperty("user.home"), ".cache", "ebpf4j", "corpus")
                    .toString()));

    @TempDir
    Path folder;

    @Test
    void loadsProgramsOfAPackageAsLibbpf() throws IOException {
        List<Path> objects = Carve.carve(Oracles.tree("libbpf-tools"), folder);
        List<Path> part = objects.subList(0, Math.min(PART, objects.size()));
        Map<String, Outcome> theirs = new LinkedHashMap<>();
        Libbpf.loadEach(part).objects().forEach((path, dump) -> theirs.put(path, outcome(path, dump)));
        assertNoneWorse(theirs, ours(new EachAlone(), theirs));
    }

    private static Outcome outcome(String path, ObjectDump dump) {
        Map<String, Outcome.Program> programs = new LinkedHashMap<>();
        for (ProgramDump program : dump.programs().values()) {
            programs.put(
                    program.name(),
                    new Outcome.Program(
                            program.name(),
                            "-",
                            Integer.toString(program.result()),
                            program.tag(),
                            program.xlatedBytes(),
                            0,
                            "-",
                            ""));
        }
        Outcome opened = EachAlone.open(Path.of(path)).outcome(); // this libbpf does not tell definitions: take ours
        return new Outcome(path, true, "-", opened.maps(), programs);
    }

    @Test
    void loadsCorporaAsLibbpf() throws IOException {
        Map<String, Outcome> theirs = theirs(List.of("load"));
        assertNoneWorse(theirs, ours(new EachAlone(), theirs));
    }

    /** The types are those of the newest kernel that {@code kernels.sh} took out of a package, which does not run here. */
    @Test
    void linksCorporaForAnotherKernelAsLibbpf() throws IOException {
        List<Path> kernels = list(CORPUS.resolve("btf"), ".btf");
        assumeTrue(!kernels.isEmpty(), "no types of other kernels: run verifier-test/corpus/kernels.sh");
        Path types = kernels.getLast();
        Map<String, Outcome> theirs = theirs(List.of("-b", types.toString(), "prepare"));
        assertNoneWorse(theirs, ours(new EachAlone(Btf.parse(Files.readAllBytes(types))), theirs));
    }

    private static void assertNoneWorse(Map<String, Outcome> theirs, Map<String, Outcome> ours) {
        Differences differences = Differences.of(theirs, ours);
        long loaded = theirs.values().stream()
                .flatMap(object -> object.programs().values().stream())
                .filter(Outcome.Program::loads)
                .count();
        assumeTrue(loaded > 0, "libbpf loads none of these programs into this kernel either");
        assertTrue(differences.badObjects().isEmpty(), differences::text);
        assertEquals(loaded, differences.count(Kind.SAME), differences::text);
    }

    /** By the oracle, built when first needed. */
    private static Map<String, Outcome> theirs(List<String> command) throws IOException {
        List<Path> all = list(CORPUS.resolve("objects"), ".bpf.o");
        assumeTrue(!all.isEmpty(), "no corpora in " + CORPUS + ": make them by the scripts in verifier-test/corpus");
        assumeTrue(
                Files.exists(CORPUS.resolve("libbpf_oracle")), "run verifier-test/corpus/oracle.sh once to build it");
        List<String> words =
                new ArrayList<>(List.of(SCRIPTS.resolve("oracle.sh").toString()));
        words.addAll(command);
        IntStream.range(0, all.size())
                .filter(index -> index % EVERY == 0)
                .forEach(index -> words.add(all.get(index).toString()));
        return Outcome.parse(Tool.lines(CORPUS, LIMIT, words));
    }

    private static List<Path> list(Path folder, String end) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    /** The same programs, but those that were too much for the verifier in its time. */
    private static Map<String, Outcome> ours(EachAlone loader, Map<String, Outcome> theirs) {
        Map<String, Outcome> ours = new LinkedHashMap<>();
        theirs.forEach((path, their) -> {
            EachAlone.Opened opened = EachAlone.open(Path.of(path));
            ObjectSpec spec = opened.spec();
            Map<String, Outcome.Program> programs = new LinkedHashMap<>();
            for (ProgramSpec program : spec == null ? List.<ProgramSpec>of() : spec.programs()) {
                Outcome.Program known = their.programs().get(program.name());
                if (spec != null && (known == null || !known.result().equals("timeout"))) {
                    programs.put(program.name(), loader.run(spec, program));
                }
            }
            Outcome outcome = opened.outcome();
            ours.put(
                    path,
                    new Outcome(path, outcome.opened(), outcome.reason(), new TreeSet<>(outcome.maps()), programs));
        });
        return ours;
    }
}
