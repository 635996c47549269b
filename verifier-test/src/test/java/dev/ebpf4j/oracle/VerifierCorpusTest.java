package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.error.VerifierLog;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.VerifierLogging;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The verifier tests of the kernel, whose programs carry what the verifier shall say as declaration tags: every rejection
 * must have a reason, and what is expected must be in its log. Needs the corpus of the kernel's selftests in {@code
 * ~/.cache/ebpf4j/corpus}, or where the system property {@code ebpf4j.corpus} says; {@code ebpf4j.corpus.match} chooses
 * objects. Figures go to {@code target/verifier-corpus.txt}.
 */
@RequiresBpf
class VerifierCorpusTest {
    private static final Path OBJECTS = Path.of(
                    System.getProperty("ebpf4j.corpus", System.getProperty("user.home") + "/.cache/ebpf4j/corpus"))
            .resolve("objects/selftests-v3");
    private static final Pattern TAG = Pattern.compile("comment:(\\d+):(test_[a-z_]+)=?(.*)", Pattern.DOTALL);
    private static final Pattern REGEX = Pattern.compile("\\{\\{(.*?)\\}\\}");
    private static final Map<String, Integer> FLAGS = Map.of(
            "BPF_F_STRICT_ALIGNMENT", 1,
            "BPF_F_ANY_ALIGNMENT", 2,
            "BPF_F_TEST_RND_HI32", 4,
            "BPF_F_TEST_STATE_FREQ", 8,
            "BPF_F_SLEEPABLE", 16,
            "BPF_F_XDP_HAS_FRAGS", 32,
            "BPF_F_TEST_REG_INVARIANTS", 128);

    private int rejected;
    private int typed;
    private int withSource;
    private int withHint;
    private int asked;
    private int inReason;
    private final List<String> withoutReason = new ArrayList<>();
    private final List<String> withoutMessage = new ArrayList<>();

    /** What a program's tags say, in the order of the source. */
    private record Expected(List<String> messages, int flags, int level, boolean failure) {
        static final Expected NOTHING = new Expected(List.of(), 0, 0, false);
    }

    @Test
    void everyRejectionHasItsReason() throws IOException {
        assumeTrue(Files.isDirectory(OBJECTS), () -> "no corpus of selftests in " + OBJECTS);
        String only = System.getProperty("ebpf4j.corpus.match", "verifier_.*");
        List<Path> files;
        try (Stream<Path> list = Files.list(OBJECTS)) {
            files = list.filter(file -> file.getFileName().toString().matches(only + "\\.bpf\\.o|" + only + "\\.o"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            ObjectSpec object = ElfReader.read(file);
            Map<String, Expected> expected = expected(Objects.requireNonNull(object.btf()));
            for (ProgramSpec program : object.programs()) {
                load(object, program, expected.getOrDefault(program.name(), Expected.NOTHING));
            }
        }
        String figures = files.size() + " objects, " + rejected + " rejections, " + withSource + " with a source line, "
                + typed + " with registers, " + withHint + " with a hint; " + asked + " with an expected message, "
                + inReason + " of them in the reason";
        Files.writeString(
                Files.createDirectories(Path.of("target")).resolve("verifier-corpus.txt"),
                figures + "\nnot found: " + withoutMessage);
        assertTrue(rejected > 0, figures);
        assertEquals(List.of(), withoutReason, figures);
        // the corpus may be of another release than this kernel, whose words change now and then
        assertTrue(withoutMessage.size() * 4 <= asked, () -> figures + "; not found: " + withoutMessage);
    }

    private void load(ObjectSpec object, ProgramSpec program, Expected expected) {
        ObjectSpec alone = object.only(program.name())
                .withProgram(program.name(), spec -> spec.withFlags(spec.flags() | expected.flags));
        ObjectSpec unpinned = alone.toBuilder()
                .maps(alone.maps().stream()
                        .map(map ->
                                map.toBuilder().pinning(MapSpec.Pinning.NONE).build())
                        .toList())
                .build();
        LoadOptions options = LoadOptions.DEFAULT.withVerifierLogging(VerifierLogging.of(expected.level));
        try {
            BpfLoader.load(unpinned, options).close();
        } catch (VerifierException e) {
            judge(object.name() + "/" + program.name(), e, expected);
        } catch (LinkException | BpfException e) {
            // nothing that the verifier said
        }
    }

    private void judge(String where, VerifierException e, Expected expected) {
        VerifierLog log = e.log();
        rejected++;
        typed += log.lastValues().isEmpty() ? 0 : 1;
        withSource += log.lastSource().isPresent() ? 1 : 0;
        withHint += e.getMessage().contains("\n  hint: ") ? 1 : 0;
        if (log.reason().isEmpty()) {
            withoutReason.add(where + ": " + log.tail(6));
        }
        if (!expected.failure || expected.messages.isEmpty()) {
            return;
        }
        asked++;
        int at = 0;
        boolean inReasonToo = false;
        for (String message : expected.messages) {
            Matcher matcher = pattern(message).matcher(log.text());
            if (!matcher.find(at)) {
                withoutMessage.add(where + ": '" + message + "' in " + log.tail(4));
                return;
            }
            at = matcher.end();
            inReasonToo |= pattern(message).matcher(log.reason()).find();
        }
        inReason += inReasonToo ? 1 : 0;
    }

    /** What stands in double braces is a regular expression. */
    private static Pattern pattern(String message) {
        StringBuilder all = new StringBuilder();
        Matcher regex = REGEX.matcher(message);
        int end = 0;
        while (regex.find()) {
            all.append(Pattern.quote(message.substring(end, regex.start()))).append(regex.group(1));
            end = regex.end();
        }
        return Pattern.compile(all.append(Pattern.quote(message.substring(end))).toString());
    }

    private static Map<String, Expected> expected(Btf btf) {
        Map<String, Map<Integer, Matcher>> tags = new HashMap<>();
        for (int id = 1; id < btf.typeCount(); id++) {
            if (btf.type(id) instanceof BtfType.DeclTag tag) {
                Matcher comment = TAG.matcher(tag.name());
                if (comment.matches()) {
                    tags.computeIfAbsent(btf.name(tag.typeId()), name -> new TreeMap<>())
                            .put(Integer.parseInt(comment.group(1)), comment);
                }
            }
        }
        Map<String, Expected> expected = new HashMap<>();
        tags.forEach((name, comments) -> expected.put(name, expected(comments)));
        return expected;
    }

    private static Expected expected(Map<Integer, Matcher> comments) {
        List<String> messages = new ArrayList<>();
        int flags = 0;
        int level = 0;
        boolean failure = false;
        for (Matcher comment : comments.values()) {
            String value = comment.group(3);
            switch (comment.group(2)) {
                case "test_expect_msg" -> messages.add(value);
                case "test_expect_failure" -> failure = true;
                case "test_log_level" -> level = Integer.parseInt(value);
                case "test_prog_flags" -> flags |= FLAGS.getOrDefault(value, 0);
                default -> {}
            }
        }
        return new Expected(messages, flags, level, failure);
    }
}
