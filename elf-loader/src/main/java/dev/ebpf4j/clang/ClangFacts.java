package dev.ebpf4j.clang;

import dev.ebpf4j.clang.ClangProcess.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a clang says about itself.
 *
 * @param version the first line of its version text
 * @param major the major version, 0 if that line does not tell
 * @param hasBpf whether it can make BPF code
 */
record ClangFacts(String version, int major, boolean hasBpf) {

    private static final Pattern VERSION = Pattern.compile("clang version (\\d{1,4})\\.");
    private static final Pattern BPF_TARGET = Pattern.compile("(?m)^\\s+bpf\\s");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A file that changes is another compiler. */
    private record Identity(Path path, long size, long modified) {}

    private static final Map<Identity, ClangFacts> KNOWN = new ConcurrentHashMap<>();

    /**
     * Asks a clang, once per executable.
     *
     * @throws ClangException if it does not answer
     */
    static ClangFacts of(Path executable) {
        Identity identity = identity(executable);
        ClangFacts known = KNOWN.get(identity);
        if (known == null) {
            known = ask(executable);
            KNOWN.put(identity, known);
        }
        return known;
    }

    private static Identity identity(Path executable) {
        try {
            return new Identity(
                    executable,
                    Files.size(executable),
                    Files.getLastModifiedTime(executable).toMillis());
        } catch (IOException e) {
            throw new ClangException("cannot read " + executable + ": " + e, e);
        }
    }

    private static ClangFacts ask(Path executable) {
        String text = answer(executable, "--version");
        String first = text.lines().findFirst().orElse("").strip();
        Matcher version = VERSION.matcher(first);
        int major = version.find() ? Integer.parseInt(version.group(1)) : 0;
        boolean bpf = BPF_TARGET.matcher(answer(executable, "--print-targets")).find();
        return new ClangFacts(first, major, bpf);
    }

    private static String answer(Path executable, String question) {
        Result result = ClangProcess.run(List.of(executable.toString(), question), Path.of(""), new byte[0], PATIENCE);
        if (result.exit() != 0) {
            throw new ClangException(
                    executable + " " + question + " ended with status " + result.exit() + ": "
                            + result.stderr().strip(),
                    List.of());
        }
        return new String(result.stdout(), StandardCharsets.UTF_8);
    }

    /** Why this clang will not do, or an empty string when it will. */
    String objection() {
        if (major == 0) {
            return "does not say that it is a clang (\"" + version + "\")";
        }
        if (major < Clang.MIN_VERSION) {
            return "is version " + major + ", and " + Clang.MIN_VERSION + " is the oldest that will do";
        }
        return hasBpf ? "" : "(" + version + ") was built without the BPF target";
    }
}
