package dev.ebpf4j.benchmarks.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Reads commands, one a line, and answers each with {@code ok OPERATIONS NANOSECONDS}, as {@code peers/peer.c} does for
 * libbpf; the commands are the same, with the same arguments, but for the consumer that {@code drain} may name.
 */
public final class Peer {
    /** One command. */
    @FunctionalInterface
    interface Job {
        /** Does it and takes the time of what is to be measured. */
        Result run(List<String> arguments) throws IOException;
    }

    /** How many operations were done in how much time. */
    record Result(long operations, long nanos) {}

    private Peer() {}

    /** Grows as long as the JVM still compiles something: then it is not warm. */
    private static long compileTime() {
        return TimeUnit.MILLISECONDS.toNanos(
                ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
    }

    /**
     * Serves until the input ends.
     *
     * @param args none
     * @throws IOException if the input can't be read
     */
    public static void main(String[] args) throws IOException {
        Map<String, Job> jobs = new HashMap<>();
        RingJobs.addTo(jobs);
        MapJobs.addTo(jobs);
        LoadJobs.addTo(jobs);
        jobs.put("compiled", arguments -> new Result(1, compileTime()));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        out.println(
                "ready " + Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            List<String> words = Arrays.asList(line.split(" "));
            Job job = jobs.get(words.getFirst());
            if (job == null) {
                out.println("error no such command");
                continue;
            }
            try {
                Result result = job.run(words.subList(1, words.size()));
                out.println("ok " + result.operations + " " + result.nanos);
            } catch (RuntimeException e) {
                out.println("error " + e);
            }
        }
    }
}
