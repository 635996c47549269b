package dev.ebpf4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs every command once on an object of our own, which does nothing, so that the JVM learns what the real runs will need. The
 * launcher calls this; how the commands end is of no interest.
 */
final class Rehearsal {
    private Rehearsal() {}

    /**
     * Rehearses.
     *
     * @param args are not looked at
     */
    public static void main(String[] args) throws IOException {
        Path file = Files.createTempFile("ebpf4j", ".o");
        try (InputStream sample = Rehearsal.class.getResourceAsStream("sample.bpf.o")) {
            if (sample != null) {
                Files.write(file, sample.readAllBytes());
                rehearse(file.toString());
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void rehearse(String object) {
        run("--version");
        run("--help");
        run("object", object);
        run("object", "--json", object);
        run("object", "--disasm", "lookup", object);
        run("object", "--plan", object);
        run("veristat", object);
        run("veristat", "--csv", "--program", "*", object);
    }

    private static void run(String... args) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Main.run(nowhere, nowhere, args);
    }
}
