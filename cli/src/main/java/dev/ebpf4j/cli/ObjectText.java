package dev.ebpf4j.cli;

import java.io.PrintWriter;
import java.util.List;
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
        for (Map.Entry<String, List<Map<String, @Nullable Object>>> list :
                report.lists().entrySet()) {
            if (!list.getValue().isEmpty()) {
                out.println("  " + list.getKey() + ": " + list.getValue().size());
                new Table("    ").print(out, list.getValue());
            }
        }
    }
}
