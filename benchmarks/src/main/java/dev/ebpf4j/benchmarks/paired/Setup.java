package dev.ebpf4j.benchmarks.paired;

import dev.ebpf4j.benchmarks.Objects;
import dev.ebpf4j.benchmarks.peer.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How peers are started, and the objects that they load. */
final class Setup {
    private final List<String> libbpf;
    private final Path object;
    private final Path fields;

    Setup(Path libbpf) throws IOException {
        this.libbpf = List.of(libbpf.toString());
        object = compile("produce");
        fields = compile("fields");
    }

    private static Path compile(String name) throws IOException {
        Path file = Files.createTempFile(name, ".o");
        file.toFile().deleteOnExit();
        return Files.write(file, Objects.compile(name + ".bpf.c"));
    }

    String resolve(String command) {
        return command.replace("OBJECT", object.toString()).replace("FIELDS", fields.toString());
    }

    List<String> libbpf() {
        return libbpf;
    }

    List<String> jvm() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms256m",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Peer.class.getName());
    }
}
