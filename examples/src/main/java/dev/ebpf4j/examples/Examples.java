package dev.ebpf4j.examples;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** What all examples share: C that comes with them, and how they end. */
final class Examples {
    private static final String HEADER = "events.bpf.h";

    /** A power of two that is a multiple of every page size. */
    private static final int RING_BYTES = 64 * 1024;

    private Examples() {}

    /**
     * Compiles one of the C programs in {@code src/main/bpf}, with the running kernel's {@code vmlinux.h} and the examples' own
     * header.
     */
    static byte[] compile(String name) {
        try {
            Path folder = Files.createTempDirectory("ebpf4j-examples");
            Path header = folder.resolve(HEADER);
            try {
                Files.writeString(header, source(HEADER));
                return Clang.find()
                        .compile(CompileRequest.of(name, source(name))
                                .include(folder)
                                .build())
                        .toBytes();
            } finally {
                Files.deleteIfExists(header);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An object that sends by {@code events.bpf.h}, changed to do so through a perf buffer. */
    static ObjectSpec withPerfBuffer(ObjectSpec spec) {
        return spec.withVariable("use_perf_buffer", 1)
                .withMap("events", map -> map.withType(MapType.PERF_EVENT_ARRAY).withMaxEntries(0));
    }

    /** Whether this kernel has ring buffers: asked by making one. */
    static boolean hasRingBuffers() {
        MapSpec smallest =
                MapSpec.builder("probe", MapType.RINGBUF).maxEntries(RING_BYTES).build();
        try (BpfMap probe = BpfMap.create(smallest)) {
            return probe.fd() >= 0;
        } catch (BpfException e) {
            if (e.errno().is(Errno.EINVAL)) {
                return false;
            }
            throw e;
        }
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
