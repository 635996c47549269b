package dev.ebpf4j.maptypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A cgroup of a test, below the root of the unified hierarchy.
 *
 * @param directory its directory
 */
record TestCgroup(Path directory) implements AutoCloseable {
    /** Makes one, or aborts the test where there is no hierarchy to make it in. */
    static TestCgroup create(String name) throws IOException {
        Path root = Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" ", 4))
                .filter(fields -> fields[2].equals("cgroup2"))
                .map(fields -> Path.of(fields[1]))
                .findFirst()
                .orElseGet(() -> abort("no cgroup2 is mounted"));
        if (!Files.isWritable(root)) {
            abort(root + " is not writable");
        }
        return new TestCgroup(Files.createDirectory(
                root.resolve(name + "-" + ProcessHandle.current().pid())));
    }

    /** Runs a process that moves itself inside, opens a device and becomes another program; answers its pid. */
    int runInside() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        "sh", "-c", "echo $$ > " + directory.resolve("cgroup.procs") + " && exec true < /dev/null")
                .inheritIO()
                .start();
        assertEquals(0, child.waitFor());
        return (int) child.pid();
    }

    @Override
    public void close() throws IOException {
        Files.delete(directory);
    }
}
