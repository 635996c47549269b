package dev.ebpf4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of every command that prints one list of rows: which, in which order, and how. */
final class RowOptions {
    @Option(
            names = "--sort",
            paramLabel = "COLUMN[:asc|:desc]",
            description = "Sort by a column; numbers descend unless told otherwise.")
    private @Nullable String sort;

    @Option(names = "--top", paramLabel = "N", description = "Show the first N rows only.")
    private long top = Long.MAX_VALUE;

    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "COLUMN",
            description = "Show these columns only, separated by commas.")
    private List<String> columns = new ArrayList<>();

    @ArgGroup
    private Format format = new Format();

    /** How rows are printed; a table if nothing is said. */
    private static final class Format {
        @Option(names = "--csv", description = "Print comma-separated values.")
        private boolean csv;

        @Option(names = "--json", description = "Print JSON: an array with an element for each row.")
        private boolean json;
    }

    void print(CommandSpec command, List<String> known, List<Map<String, @Nullable Object>> all) {
        columns.forEach(column -> check(command, known, column));
        PrintWriter out = command.commandLine().getOut();
        List<String> shown = columns.isEmpty() ? known : columns;
        List<Map<String, @Nullable Object>> rows = sorted(command, known, all).stream()
                .limit(Math.max(0, top))
                .map(row -> pick(row, shown))
                .toList();
        if (format.json) {
            Json.write(out, rows);
        } else if (format.csv) {
            Csv.write(out, shown, rows);
        } else {
            new Table("").print(out, rows);
        }
    }

    private List<Map<String, @Nullable Object>> sorted(
            CommandSpec command, List<String> known, List<Map<String, @Nullable Object>> rows) {
        if (sort == null) {
            return rows;
        }
        Sorting sorting;
        try {
            sorting = Sorting.parse(sort);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--sort: " + e.getMessage(), e);
        }
        check(command, known, sorting.column());
        return sorting.sort(rows);
    }

    private static void check(CommandSpec command, List<String> known, String column) {
        if (!known.contains(column)) {
            throw new ParameterException(
                    command.commandLine(), "no column '" + column + "'; there are " + String.join(", ", known));
        }
    }

    private static Map<String, @Nullable Object> pick(Map<String, @Nullable Object> row, List<String> columns) {
        Map<String, @Nullable Object> picked = new LinkedHashMap<>();
        columns.forEach(column -> picked.put(column, row.get(column)));
        return picked;
    }
}
