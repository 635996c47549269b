package dev.ebpf4j.insn;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** The programs of the public bpf_conformance suite, already assembled by others. */
final class Conformance {
    /** A program of the suite. */
    record Program(String name, String hex, String memoryHex, long result) {
        Code code() {
            return Code.of(bytes(), ByteOrder.LITTLE_ENDIAN);
        }

        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private Conformance() {}

    static List<Program> programs() {
        InputStream in =
                Objects.requireNonNull(Conformance.class.getResourceAsStream("/conformance/bpf_conformance.tsv"));
        try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().skip(1).map(Conformance::program).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Program program(String line) {
        String[] fields = line.split("\t", -1);
        return new Program(
                fields[0], fields[7], fields[4].replace(" ", ""), Long.parseUnsignedLong(fields[5].substring(2), 16));
    }
}
