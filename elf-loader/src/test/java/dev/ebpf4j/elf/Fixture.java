package dev.ebpf4j.elf;

import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The committed object files; src/test/bpf has their sources and tells how to rebuild them. */
final class Fixture {
    private Fixture() {}

    static byte[] bytes(String name) {
        try (InputStream in = Objects.requireNonNull(Fixture.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectSpec read(String name) {
        return ElfReader.read(bytes(name + ".bpf.o"), name);
    }
}
