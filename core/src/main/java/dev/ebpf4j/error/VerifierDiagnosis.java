package dev.ebpf4j.error;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The explanation that kernels from 7.3 on write below the reason. Source of the layout: {@code kernel/bpf/diagnostics.c}.
 *
 * @param category kind of rule that was broken, such as {@code Register Type Safety}
 * @param problem what is wrong in a few words, empty if the kernel gives none
 * @param reason why it is, in sentences
 * @param function function in which it is, empty if unknown
 * @param source place in the source; empty without line information
 * @param suggestion what the kernel suggests, empty for nothing
 * @param path what led there: the lines of the causal path as they are
 */
public record VerifierDiagnosis(
        String category,
        String problem,
        String reason,
        String function,
        Optional<VerifierLog.Source> source,
        String suggestion,
        List<String> path) {
    private static final String HEADER = "Verification failed:";
    private static final String MARK = ">>> ";

    /** Copies the list. */
    public VerifierDiagnosis {
        path = List.copyOf(path);
    }

    /**
     * Takes an explanation apart. Never fails.
     *
     * @param explanation as {@link VerifierLog#explanation} has it
     * @return what was understood; empty if it is no explanation
     */
    public static Optional<VerifierDiagnosis> parse(String explanation) {
        List<String> lines = explanation.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().startsWith(HEADER)) {
            return Optional.empty();
        }
        String title = lines.getFirst().substring(HEADER.length()).strip();
        int colon = title.indexOf(": ");
        Map<String, List<String>> sections = sections(lines.subList(1, lines.size()));
        List<String> at = sections.getOrDefault("At", List.of());
        String place = at.isEmpty() ? "" : at.getFirst().strip();
        int sign = place.indexOf(" @ ");
        return Optional.of(new VerifierDiagnosis(
                colon < 0 ? title : title.substring(0, colon),
                colon < 0 ? "" : title.substring(colon + 2),
                words(sections, "Reason"),
                sign < 0 ? "" : place.substring(0, sign),
                source(sign < 0 ? place : place.substring(sign + 3), at),
                words(sections, "Suggestion"),
                sections.getOrDefault("Causal path", List.of()).stream()
                        .filter(line -> !line.isBlank())
                        .toList()));
    }

    /** A section begins with its name and a colon at the left edge. */
    private static Map<String, List<String>> sections(List<String> lines) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : lines) {
            if (line.endsWith(":") && !line.startsWith(" ")) {
                current = new ArrayList<>();
                sections.putIfAbsent(line.substring(0, line.length() - 1), current);
            } else {
                current.add(line);
            }
        }
        return sections;
    }

    /** The kernel breaks its sentences into lines. */
    private static String words(Map<String, List<String>> sections, String name) {
        return String.join(
                        " ",
                        sections.getOrDefault(name, List.of()).stream()
                                .map(String::strip)
                                .filter(line -> !line.isEmpty())
                                .toList())
                .strip();
    }

    /** {@code file.c:12:3}, and the line that is marked in the excerpt of the source. */
    private static Optional<VerifierLog.Source> source(String place, List<String> at) {
        int column = place.lastIndexOf(':');
        int line = column < 0 ? -1 : place.lastIndexOf(':', column - 1);
        if (line <= 0) {
            return Optional.empty();
        }
        String text = at.stream()
                .map(String::strip)
                .filter(row -> row.startsWith(MARK) && row.contains(" | "))
                .map(row -> row.substring(row.indexOf(" | ") + 3).strip())
                .findFirst()
                .orElse("");
        try {
            int number = Integer.parseInt(place.substring(line + 1, column));
            return Optional.of(new VerifierLog.Source(text, place.substring(0, line), number));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
