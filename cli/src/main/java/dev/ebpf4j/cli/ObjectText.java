package dev.ebpf4j.cli;

import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints an object's lists as tables. */
final class ObjectText {
    private final PrintWriter out;

    ObjectText(PrintWriter out) {
        this.out = out;
    }

    void print(ObjectReport report) {
        Map<String, @Nullable Object> head = report.head();
        out.println(head.remove("file") + ":");
        head.forEach((name, value) -> {
            if (value != null) {
                out.println("  " + name + ": " + Table.cell(value));
            }
        });
        report.lists().forEach((name, rows) -> {
            if (!rows.isEmpty()) {
                out.println("  " + name + ": " + rows.size());
                new Table("    ").print(out, rows);
            }
        });
    }
}
