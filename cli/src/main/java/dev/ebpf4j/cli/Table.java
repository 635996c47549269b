package dev.ebpf4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints rows in columns that are as wide as their contents; numbers stand to the right, columns without contents are left out. */
final class Table {
    private static final String GAP = "  ";

    private final String indent;

    Table(String indent) {
        this.indent = indent;
    }

    /** Prints a heading line and the rows. All rows have the same keys, which head the columns. */
    void print(PrintWriter out, List<Map<String, @Nullable Object>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        List<String> columns = rows.getFirst().keySet().stream()
                .filter(column ->
                        rows.stream().anyMatch(row -> !cell(row.get(column)).isEmpty()))
                .toList();
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns);
        for (Map<String, @Nullable Object> row : rows) {
            lines.add(columns.stream().map(column -> cell(row.get(column))).toList());
        }
        int[] widths = widths(lines);
        boolean[] right = new boolean[columns.size()];
        for (int i = 0; i < right.length; i++) {
            String column = columns.get(i);
            right[i] = rows.stream().allMatch(row -> row.get(column) == null || row.get(column) instanceof Number);
        }
        lines.forEach(line -> out.println(line(line, widths, right)));
    }

    private static int[] widths(List<List<String>> lines) {
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        return widths;
    }

    private String line(List<String> cells, int[] widths, boolean[] right) {
        StringBuilder line = new StringBuilder(indent);
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            int padding = widths[i] - cell.length();
            line.append(i == 0 ? "" : GAP);
            line.repeat(' ', right[i] ? padding : 0).append(cell).repeat(' ', right[i] ? 0 : padding);
        }
        return line.toString().stripTrailing();
    }

    /** A value on one line; control characters would break the table, or the terminal. */
    static String cell(@Nullable Object value) {
        String text = switch (value) {
            case null -> "";
            case Boolean flag -> flag ? "yes" : "no";
            case Collection<?> list -> list.stream().map(Table::cell).collect(Collectors.joining(" "));
            default -> value.toString();
        };
        return text.codePoints().anyMatch(Character::isISOControl) ? visible(text) : text;
    }

    private static String visible(String text) {
        StringBuilder visible = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                visible.append("\\x%02x".formatted(c));
            } else {
                visible.appendCodePoint(c);
            }
        });
        return visible.toString();
    }
}
