package dev.ebpf4j.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.JSON.Feature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;

/** Writes trees of maps, lists, strings, numbers and truth values; a key without a value is left out. */
final class Json {
    private static final JSON WRITER = JSON.std.with(Feature.PRETTY_PRINT_OUTPUT);

    private Json() {}

    static void write(PrintWriter out, Object tree) {
        try {
            out.println(WRITER.asString(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
