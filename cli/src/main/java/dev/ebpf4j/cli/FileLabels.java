package dev.ebpf4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What files are called in tables: by their name alone, or by their path where two have the same name. */
final class FileLabels {
    private final Map<String, Long> count;

    FileLabels(List<Path> files) {
        count = files.stream().collect(Collectors.groupingBy(FileLabels::name, Collectors.counting()));
    }

    String of(Path file) {
        return count.getOrDefault(name(file), 0L) > 1 ? file.toString() : name(file);
    }

    static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}
