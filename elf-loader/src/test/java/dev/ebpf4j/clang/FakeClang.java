package dev.ebpf4j.clang;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Shell scripts that answer like a clang, for what a real one will not do on demand. */
final class FakeClang {

    private FakeClang() {}

    /** A clang of this version line that compiles by running {@code body}. */
    static Path write(Path file, String version, String body) throws IOException {
        return writeWithTargets(file, version, "bpf        - BPF (host endian)", body);
    }

    static Path writeWithTargets(Path file, String version, String target, String body) throws IOException {
        Files.writeString(file, """
                #!/bin/sh
                case "$1" in
                --version) echo "%s"; exit 0 ;;
                --print-targets) echo "  Registered Targets:"; echo "    %s"; exit 0 ;;
                esac
                %s
                """.formatted(version, target, body));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
