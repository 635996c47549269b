package dev.ebpf4j.insn;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** LLVM's own tools as an oracle, found in the folder that {@code -Dllvm.bin=} names, or on the PATH. */
record Llvm(Path tool, int version) {
    private static final int FIRST_WITH_V4 = 18;
    private static final int NEWEST = 30;
    private static final Pattern VERSION = Pattern.compile("LLVM version (\\d+)");

    /** The newest such tool that knows BPF v4, or the test is aborted. */
    static Llvm find(String tool) {
        return folders().stream()
                .flatMap(folder -> Stream.concat(Stream.of(tool), versions().map(version -> tool + "-" + version))
                        .map(folder::resolve))
                .filter(Files::isExecutable)
                .flatMap(path -> probe(path).stream())
                .findFirst()
                .orElseGet(() -> abort("no " + tool + " of LLVM " + FIRST_WITH_V4
                        + " or newer with the BPF target, neither on the PATH nor by -Dllvm.bin=FOLDER"));
    }

    private static Stream<String> versions() {
        return Stream.iterate(NEWEST, version -> version >= FIRST_WITH_V4, version -> version - 1)
                .map(version -> Integer.toString(version));
    }

    private static List<Path> folders() {
        String folders = System.getProperty("llvm.bin", System.getenv().getOrDefault("PATH", ""));
        return Arrays.stream(folders.split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .toList();
    }

    private static Optional<Llvm> probe(Path path) {
        try {
            String text = String.join("\n", run(List.of(path.toString(), "--version")));
            Matcher version = VERSION.matcher(text);
            if (version.find() && Integer.parseInt(version.group(1)) >= FIRST_WITH_V4 && text.contains("bpfel")) {
                return Optional.of(new Llvm(path, Integer.parseInt(version.group(1))));
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // found, but does not run here
        }
    }

    /** The lines that the tool prints. */
    List<String> lines(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(tool.toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static List<String> run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + " failed: "
                        + lines.stream()
                                .filter(line -> line.contains("error"))
                                .limit(5)
                                .toList());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command, e);
        }
        return lines;
    }
}
