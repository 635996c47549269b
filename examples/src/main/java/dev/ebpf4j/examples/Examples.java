package dev.ebpf4j.examples;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** What all examples share: C that comes with them, and how they end. */
final class Examples {
    private Examples() {}

    /** Compiles one of the C programs in {@code src/main/bpf}, with the running kernel's {@code vmlinux.h}. */
    static byte[] compile(String name) {
        return Clang.find()
                .compile(CompileRequest.of(name, source(name)).build())
                .toBytes();
    }

    /** Runs a command; what goes wrong is told in words, with exit code 1. */
    static int run(Object command, String... args) {
        return new CommandLine(command)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    boolean ours = e.getClass().getName().startsWith("dev.ebpf4j.");
                    if (ours) {
                        line.getErr().println(line.getCommandName() + ": " + e.getMessage());
                    } else {
                        e.printStackTrace(line.getErr());
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }

    private static String source(String name) {
        try (InputStream in = Examples.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no example source " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
