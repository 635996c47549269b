package dev.ebpf4j.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** An example in a JVM of its own. */
final class Running implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private Running(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static Running start(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "-cp",
                classPath(),
                main.getName()));
        command.addAll(List.of(args));
        return new Running(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** The class path of this test, also where Surefire hides it in a manifest. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Reads on to the first line that fits, which comes last in the result. */
    List<String> linesUntil(Predicate<String> wanted) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (wanted.test(line)) {
                return lines;
            }
        }
        throw new AssertionError("the example ended without the line wanted; it printed:\n" + String.join("\n", lines));
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
