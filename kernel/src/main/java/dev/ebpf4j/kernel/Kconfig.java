package dev.ebpf4j.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The configuration that a kernel was built with, where it can be found. */
final class Kconfig {
    private Kconfig() {}

    /** All options that are set; none if there is no file to read them from. */
    static Map<String, String> read(Path root, String release) {
        for (String path : List.of("proc/config.gz", "boot/config-" + release)) {
            Path file = root.resolve(path);
            if (Files.isReadable(file)) {
                return parse(text(file));
            }
        }
        return Map.of();
    }

    private static String text(Path file) {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + file, e);
        }
    }

    /** {@code CONFIG_HZ=250}; a comment says what is not set. The first definition wins. */
    static Map<String, String> parse(String text) {
        Map<String, String> options = new HashMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (line.startsWith("CONFIG_") && equals > 0) {
                options.putIfAbsent(
                        line.substring(0, equals), line.substring(equals + 1).strip());
            }
        });
        return Map.copyOf(options);
    }
}
