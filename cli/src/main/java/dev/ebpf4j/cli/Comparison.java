package dev.ebpf4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two runs side by side: a row for each program that differs. Worse is a program that is no longer accepted, or that costs the
 * verifier more instructions or states.
 */
final class Comparison {
    private static final List<String> METRICS = List.of(VerdictRow.INSNS, VerdictRow.STATES);
    private static final double PERCENT = 100;

    /** All columns in order: of each figure both values, their difference, and that in percent of the first. */
    static final List<String> COLUMNS = Stream.concat(
                    Stream.of(VerdictRow.FILE, VerdictRow.PROGRAM, "verdict_a", "verdict_b"),
                    METRICS.stream()
                            .flatMap(metric ->
                                    Stream.of("_a", "_b", "_diff", "_pct").map(metric::concat)))
            .toList();

    /** What names a program in both runs. */
    private record Key(String file, String program) {
        static Key of(Map<String, String> row) {
            return new Key(row.getOrDefault(VerdictRow.FILE, ""), row.getOrDefault(VerdictRow.PROGRAM, ""));
        }
    }

    private final double tolerance;
    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    private int compared;
    private int worse;

    private Comparison(double tolerance) {
        this.tolerance = tolerance;
    }

    /**
     * Compares two runs.
     *
     * @param tolerance growth in percent that is not yet worse
     */
    static Comparison of(List<Map<String, String>> before, List<Map<String, String>> after, double tolerance) {
        Comparison comparison = new Comparison(tolerance);
        Map<Key, Map<String, String>> left = byKey(before);
        Map<Key, Map<String, String>> right = byKey(after);
        left.forEach((key, row) -> comparison.add(key, row, right.getOrDefault(key, Map.of())));
        right.forEach((key, row) -> {
            if (!left.containsKey(key)) {
                comparison.add(key, Map.of(), row);
            }
        });
        return comparison;
    }

    private static Map<Key, Map<String, String>> byKey(List<Map<String, String>> rows) {
        Map<Key, Map<String, String>> byKey = new LinkedHashMap<>();
        rows.forEach(row -> byKey.putIfAbsent(Key.of(row), row));
        return byKey;
    }

    private void add(Key key, Map<String, String> before, Map<String, String> after) {
        compared++;
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put(VerdictRow.FILE, key.file());
        row.put(VerdictRow.PROGRAM, key.program());
        row.put("verdict_a", before.get(VerdictRow.VERDICT));
        row.put("verdict_b", after.get(VerdictRow.VERDICT));
        boolean differs =
                !before.getOrDefault(VerdictRow.VERDICT, "").equals(after.getOrDefault(VerdictRow.VERDICT, ""));
        boolean accepted = VerdictRow.SUCCESS.equals(before.get(VerdictRow.VERDICT));
        boolean isWorse = accepted && !VerdictRow.SUCCESS.equals(after.get(VerdictRow.VERDICT));
        for (String metric : METRICS) {
            Long a = number(before.get(metric));
            Long b = number(after.get(metric));
            row.put(metric + "_a", a);
            row.put(metric + "_b", b);
            row.put(metric + "_diff", a == null || b == null ? null : b - a);
            row.put(metric + "_pct", a == null || b == null ? null : percent(a, b));
            differs |= a != null && b != null && !a.equals(b);
            isWorse |= accepted && a != null && b != null && b > a && percent(a, b) > tolerance;
        }
        worse += isWorse ? 1 : 0;
        if (differs) {
            rows.add(row);
        }
    }

    private static @Nullable Long number(@Nullable String text) {
        try {
            return text == null || text.isBlank() ? null : Long.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return null; // such as N/A
        }
    }

    /** The change in percent, with two digits behind the point; from nothing to something counts as a doubling. */
    private static double percent(long before, long after) {
        if (before == after) {
            return 0;
        }
        double change = before == 0 ? PERCENT : PERCENT * (after - before) / before;
        return Math.round(change * PERCENT) / PERCENT;
    }

    /** A row for each program whose verdict or figures differ. */
    List<Map<String, @Nullable Object>> rows() {
        return rows;
    }

    /** How many programs got worse. */
    int worse() {
        return worse;
    }

    String summary() {
        return compared + " programs compared, " + rows.size() + " differ, " + worse + " got worse";
    }
}
