package dev.ebpf4j.oracle;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of others. */
final class Tool {
    private Tool() {}

    /** What a program printed, and how it ended. */
    record Output(int exit, List<String> lines, String errors) {}

    /**
     * Runs a program to its end.
     *
     * @param libraries folder that the program may need for shared libraries
     * @throws IOException if it can't be started, or does not end in time; then it is killed
     */
    static Output run(Path libraries, Duration limit, List<String> command) throws IOException {
        Path out = Files.createTempFile("oracle", ".out");
        Path err = Files.createTempFile("oracle", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment()
                    .merge("LD_LIBRARY_PATH", libraries.toString(), (own, more) -> own + File.pathSeparator + more);
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            if (!ended(process, limit)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IOException(command + " did not end in " + limit);
            }
            return new Output(process.exitValue(), Files.readAllLines(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** As {@link #run}, for a program that must succeed. */
    static List<String> lines(Path libraries, Duration limit, List<String> command) throws IOException {
        Output output = run(libraries, limit, command);
        if (output.exit() != 0) {
            throw new IOException(command + " ended with " + output.exit() + ":\n" + output.errors());
        }
        return output.lines();
    }

    private static boolean ended(Process process, Duration limit) throws IOException {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new IOException("interrupted", e);
        }
    }
}
