package dev.ebpf4j.benchmarks;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The C programs that benchmarks load, compiled with the running kernel's types. */
public final class Objects {
    private Objects() {}

    public static byte[] compile(String name) {
        try (InputStream in = Objects.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no source " + name);
            }
            String source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Clang.find().compile(CompileRequest.of(name, source).build()).toBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
