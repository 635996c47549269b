package dev.ebpf4j.clang;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs one command: feeds its standard input, collects both outputs at once, and ends its process tree when late. */
final class ClangProcess {

    /** Enough for any object; a command that writes more is not a compiler. */
    private static final int MAX_STDOUT = 256 << 20;

    private static final int MAX_STDERR = 4 << 20;

    /** What a command left behind. */
    @SuppressWarnings("ArrayRecordComponent")
    record Result(int exit, byte[] stdout, String stderr) {}

    private final Process process;
    private final long deadline;

    private ClangProcess(Process process, long deadline) {
        this.process = process;
        this.deadline = deadline;
    }

    static Result run(List<String> command, Path directory, byte[] stdin, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Process process = start(command, directory);
        try {
            return new ClangProcess(process, deadline).collect(stdin);
        } catch (TimeoutException e) {
            throw new ClangTimeoutException(command.getFirst() + " did not finish within " + timeout.toMillis()
                    + " ms and was killed: " + String.join(" ", command));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClangException("interrupted while " + command.getFirst() + " ran; it was killed", e);
        } finally {
            killTree(process);
        }
    }

    private static Process start(List<String> command, Path directory) {
        try {
            return new ProcessBuilder(command)
                    .directory(directory.toAbsolutePath().toFile())
                    .start();
        } catch (IOException e) {
            throw new ClangException("cannot start " + command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    private Result collect(byte[] stdin) throws InterruptedException, TimeoutException {
        spawn(() -> feed(process.getOutputStream(), stdin));
        FutureTask<byte[]> stdout = reader(process.getInputStream(), MAX_STDOUT);
        FutureTask<byte[]> stderr = reader(process.getErrorStream(), MAX_STDERR);
        if (!process.waitFor(remaining(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        return new Result(process.exitValue(), await(stdout), new String(await(stderr), StandardCharsets.UTF_8));
    }

    private long remaining() {
        return Math.max(0, deadline - System.nanoTime());
    }

    /** The process has ended, but a child of its own may still hold the pipe: hence the deadline here too. */
    private byte[] await(FutureTask<byte[]> reader) throws InterruptedException, TimeoutException {
        try {
            return reader.get(remaining(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new ClangException("cannot read clang's output: " + e.getCause(), e.getCause());
        }
    }

    private static FutureTask<byte[]> reader(InputStream from, int limit) {
        FutureTask<byte[]> task = new FutureTask<>(() -> readUpTo(from, limit));
        spawn(task);
        return task;
    }

    /** Keeps the first bytes and drops the rest, so that the writer never blocks. */
    private static byte[] readUpTo(InputStream from, int limit) throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] chunk = new byte[1 << 16];
        for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
            kept.write(chunk, 0, Math.min(n, limit - kept.size()));
        }
        return kept.toByteArray();
    }

    private static void feed(OutputStream to, byte[] bytes) {
        try (to) {
            to.write(bytes);
        } catch (IOException e) {
            // Clang may stop reading at a fatal error; its exit status tells.
        }
    }

    private static void spawn(Runnable job) {
        Thread.ofPlatform().daemon().name("ebpf4j-clang-io").start(job);
    }

    private static void killTree(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
