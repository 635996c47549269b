package dev.ebpf4j.benchmarks.paired;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A peer that runs: its measuring thread stands on one CPU and goes before everything that is not real-time. */
final class PeerProcess implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PeerProcess.class.getName());
    private static final int PRIORITY = 20;

    /** What a command took. */
    record Answer(long operations, long nanos) {}

    private final List<String> command;
    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    PeerProcess(List<String> command, int cpu) throws IOException {
        this.command = command;
        process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8));
        String[] ready = line().split(" ");
        if (!ready[0].equals("ready")) {
            throw new IOException(command + " says " + String.join(" ", ready));
        }
        run("taskset", "-p", "-c", Integer.toString(cpu), ready[1]);
        run("chrt", "-f", "-p", Integer.toString(PRIORITY), ready[1]);
    }

    private static void run(String... tool) throws IOException {
        Process done = new ProcessBuilder(tool)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            if (done.waitFor() != 0) {
                LOG.log(System.Logger.Level.WARNING, "without {0}: expect noise", tool[0]);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Sends a command; its answer is read later. */
    void send(String line) throws IOException {
        in.write(line);
        in.newLine();
        in.flush();
    }

    Answer answer() throws IOException {
        String[] words = line().split(" ");
        if (!words[0].equals("ok")) {
            throw new IOException(command + " says " + String.join(" ", words));
        }
        return new Answer(Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException(command + " has ended");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
