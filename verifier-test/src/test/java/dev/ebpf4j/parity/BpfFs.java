package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system of type bpf, mounted for one test; the test is aborted where this process may not mount. */
final class BpfFs implements AutoCloseable {
    private final Path directory;

    private BpfFs(Path directory) {
        this.directory = directory;
    }

    static BpfFs mount() {
        try {
            Path directory = Files.createTempDirectory("bpffs");
            boolean mounted = run("mount", "-t", "bpf", "bpf", directory.toString());
            if (!mounted) {
                Files.delete(directory);
            }
            assumeTrue(mounted, "needs the right to mount a file system of type bpf");
            return new BpfFs(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A path in it. */
    String path(String name) {
        return directory.resolve(name).toString();
    }

    /** The root of it. */
    Path directory() {
        return directory;
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        try {
            if (!run("umount", directory.toString())) {
                throw new IOException("can't unmount " + directory);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
