package dev.ebpf4j.benchmarks.paired;

import dev.ebpf4j.benchmarks.paired.Area.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lines of a Markdown table. */
final class Report {
    static final String HEAD = """
        | what | compared with, ns | ebpf4j, ns | min / **median** / max of the rounds | target | met |
        |---|---:|---:|---|---|---|\
        """;

    private Report() {}

    static String line(Row row, Map<String, double[]> times) {
        double[] ours = times.getOrDefault(row.ours(), new double[0]);
        double[] others = best(row.others(), times, ours.length);
        double[] values = new double[ours.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.goal().value(others[i], ours[i]);
        }
        Arrays.sort(values);
        double median = median(values);
        Goal goal = row.goal();
        return "| %s | %s | %s | %s / **%s** / %s | %s | %s |"
                .formatted(
                        row.what(),
                        nanos(median(others)),
                        nanos(median(ours)),
                        goal.text(values[0]),
                        goal.text(median),
                        goal.text(values[values.length - 1]),
                        goal,
                        goal.met(median));
    }

    private static double[] best(List<String> labels, Map<String, double[]> times, int rounds) {
        double[] best = new double[rounds];
        Arrays.fill(best, Double.MAX_VALUE);
        for (String label : labels) {
            double[] one = times.getOrDefault(label, new double[0]);
            for (int i = 0; i < rounds; i++) {
                best[i] = Math.min(best[i], one[i]);
            }
        }
        return best;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String nanos(double value) {
        return value < 100_000
                ? String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value)
                : String.format(Locale.ROOT, "%,.0f us", value / 1000);
    }
}
