package dev.ebpf4j.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A file system of type bpf in a directory of its own, whose name has a dot; gone with all its pins when closed. */
public final class BpfFs implements AutoCloseable {
    private final Path root;

    private BpfFs(Path root) {
        this.root = root;
    }

    /** Mounts one; skips the test where that is not allowed. */
    public static BpfFs mount() throws IOException, InterruptedException {
        Path root = Files.createTempDirectory("pins.of.");
        String refusal = run("mount", "-t", "bpf", "bpf", root.toString());
        if (!refusal.isEmpty()) {
            Files.delete(root);
        }
        assumeTrue(refusal.isEmpty(), () -> "needs the right to mount a file system of type bpf: " + refusal);
        return new BpfFs(root);
    }

    /** Where it is mounted. */
    public String root() {
        return root.toString();
    }

    /** All pins, as paths below the root, sorted; without those that the kernel itself puts into a new file system. */
    public List<String> pins() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> !Files.isDirectory(file))
                    .map(file -> root.relativize(file).toString())
                    .filter(file -> !file.endsWith(".debug"))
                    .sorted()
                    .toList();
        }
    }

    /** All directories below the root. */
    public List<String> directories() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> Files.isDirectory(file) && !file.equals(root))
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            String refusal = run("umount", root.toString());
            if (!refusal.isEmpty()) {
                throw new IOException("can't unmount " + root + ": " + refusal);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        Files.delete(root);
    }

    /** What the command says if it fails; else empty. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        int code = process.waitFor();
        return code == 0 ? "" : output.strip() + " (exit code " + code + ")";
    }
}
