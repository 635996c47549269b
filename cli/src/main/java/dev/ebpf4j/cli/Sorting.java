package dev.ebpf4j.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An order of rows, as {@code COLUMN}, {@code COLUMN:asc} or {@code COLUMN:desc}; numbers descend unless told otherwise. Rows
 * without a value come last.
 */
record Sorting(String column, @Nullable Boolean ascending) {
    static Sorting parse(String text) {
        int colon = text.lastIndexOf(':');
        String column = colon < 0 ? text : text.substring(0, colon);
        return switch (colon < 0 ? "" : text.substring(colon + 1).toLowerCase(Locale.ROOT)) {
            case "asc" -> new Sorting(column, true);
            case "desc" -> new Sorting(column, false);
            case "" -> new Sorting(column, null);
            default -> throw new IllegalArgumentException("'" + text + "' ends in neither :asc nor :desc");
        };
    }

    List<Map<String, @Nullable Object>> sort(List<Map<String, @Nullable Object>> rows) {
        boolean numbers = rows.stream().anyMatch(row -> row.get(column) instanceof Number);
        boolean up = ascending != null ? ascending : !numbers;
        Comparator<Object> values =
                numbers ? Comparator.comparingDouble(Sorting::number) : Comparator.comparing(Table::cell);
        Comparator<@Nullable Object> order = Comparator.nullsLast(up ? values : values.reversed());
        return rows.stream()
                .sorted((a, b) -> order.compare(a.get(column), b.get(column)))
                .toList();
    }

    private static double number(Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }
}
