package dev.ebpf4j.benchmarks;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The C programs that benchmarks load, compiled with the running kernel's types. */
public final class Objects {
    /** What the examples' program includes. */
    private static final String HEADER = "events.bpf.h";

    private Objects() {}

    /**
     * Compiles one of them.
     *
     * @param name its file
     * @return the object
     */
    public static byte[] compile(String name) {
        try {
            Path folder = Files.createTempDirectory("ebpf4j-benchmarks");
            Path header = folder.resolve(HEADER);
            try {
                Files.write(header, resource(HEADER));
                String source = new String(resource(name), StandardCharsets.UTF_8);
                return Clang.find()
                        .compile(CompileRequest.of(name, source).include(folder).build())
                        .toBytes();
            } finally {
                Files.deleteIfExists(header);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no source " + name);
            }
            return in.readAllBytes();
        }
    }
}
