package dev.ebpf4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs the command inside this process. */
final class Cli {
    private Cli() {}

    /** What a command answered. */
    record Answer(int exitCode, String out, String err) {}

    static Answer run(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
        return new Answer(code, out.toString(), err.toString());
    }

    /** The bytes of a file that lies beside the class files. */
    static byte[] resource(String name) {
        try (InputStream in = Main.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sample, written to a file. */
    static Path sample(Path directory) throws IOException {
        return Files.write(directory.resolve("sample.bpf.o"), resource("sample.bpf.o"));
    }
}
