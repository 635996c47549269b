package dev.ebpf4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.test.RequiresBpf;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the example as a user does: in a JVM of its own, watched through what it prints and how it ends. */
@RequiresBpf
@Timeout(120)
class BootstrapTest {
    private static final Pattern EXIT_WITH_TIME = Pattern.compile("\\[3] \\((\\d+)ms\\)$");

    @Test
    void showsStartsAndExitsWithCodeAndLifeTime() throws Exception {
        assertShowsStartsAndExits();
    }

    /** R6: the same example, with what kernels had before ring buffers. */
    @Test
    void showsTheSameThroughAPerfBuffer() throws Exception {
        assertShowsStartsAndExits("--perf-buffer");
    }

    private static void assertShowsStartsAndExits(String... options) throws Exception {
        try (Running bootstrap = Running.start(Bootstrap.class, options)) {
            bootstrap.linesUntil(line -> line.startsWith("TIME "));
            Process trueProcess = new ProcessBuilder("/bin/true").start();
            Process shell = new ProcessBuilder("sh", "-c", "sleep 1; exit 3").start();

            List<String> lines = bootstrap.linesUntil(exitOf("sh", shell.pid()));

            assertTrue(has(lines, "EXEC", trueProcess.pid(), "/bin/true"), () -> String.join("\n", lines));
            assertTrue(has(lines, "EXIT", trueProcess.pid(), "[0]"), () -> String.join("\n", lines));
            assertTrue(has(lines, "EXEC", shell.pid(), "/sh"), () -> String.join("\n", lines));
            Matcher exit = EXIT_WITH_TIME.matcher(lines.getLast());
            assertTrue(exit.find(), lines::getLast);
            assertTrue(Long.parseLong(exit.group(1)) >= 1000, lines::getLast);
        }
    }

    @Test
    void showsOnlyLongLivesOnRequest() throws Exception {
        try (Running bootstrap = Running.start(Bootstrap.class, "--min-duration", "1000", "--events", "1")) {
            bootstrap.linesUntil(line -> line.startsWith("TIME "));
            new ProcessBuilder("/bin/true").start().waitFor();
            Process shell = new ProcessBuilder("sh", "-c", "sleep 1; exit 3").start();

            List<String> lines = bootstrap.linesUntil(line -> line.contains("detached after"));

            assertEquals(0, bootstrap.exitCode());
            assertTrue(lines.stream().noneMatch(line -> line.contains("EXEC")), () -> String.join("\n", lines));
            assertTrue(shell.pid() > 0);
        }
    }

    @Test
    void stopsAfterSomeSeconds() throws Exception {
        try (Running bootstrap = Running.start(Bootstrap.class, "--seconds", "1")) {
            bootstrap.linesUntil(line -> line.contains("detached after"));
            assertEquals(0, bootstrap.exitCode());
        }
    }

    @Test
    void detachesOnInterruptAndSaysSo() throws Exception {
        assertDetachesOn("INT", 130);
    }

    @Test
    void detachesOnTerminationAndSaysSo() throws Exception {
        assertDetachesOn("TERM", 143);
    }

    private static void assertDetachesOn(String signal, int exitCode) throws Exception {
        try (Running bootstrap = Running.start(Bootstrap.class)) {
            bootstrap.linesUntil(line -> line.startsWith("TIME "));
            bootstrap.signal(signal);
            bootstrap.linesUntil(line -> line.contains("detached after"));
            assertEquals(exitCode, bootstrap.exitCode());
        }
    }

    @Test
    void refusesUnknownOptionsWithTheUsage() throws Exception {
        try (Running bootstrap = Running.start(Bootstrap.class, "--forever")) {
            List<String> lines = bootstrap.linesUntil(line -> line.startsWith("Usage:"));
            assertTrue(lines.getFirst().contains("--forever"), lines::getFirst);
            assertEquals(2, bootstrap.exitCode());
        }
    }

    private static Predicate<String> exitOf(String comm, long pid) {
        return Pattern.compile("EXIT +" + comm + " +" + pid + " ").asPredicate();
    }

    private static boolean has(List<String> lines, String kind, long pid, String text) {
        return lines.stream()
                .anyMatch(line -> line.contains(kind) && line.contains(" " + pid + " ") && line.contains(text));
    }
}
