package dev.ebpf4j.clang;

import dev.ebpf4j.clang.Diagnostic.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits clang's standard error into diagnostics. */
final class DiagnosticParser {

    private static final Pattern HEADER =
            Pattern.compile("(?:(?<file>[^\\s].*?):(?<line>\\d{1,9}):(?<column>\\d{1,9}): |[^\\s:]*clang[^\\s:]*: |)"
                    + "(?<severity>fatal error|error|warning|remark|note): (?<message>.*)");
    private static final Pattern INCLUDED = Pattern.compile("In file included from .*|\\s+from .*:\\d+[:,]");
    private static final Pattern SUMMARY =
            Pattern.compile("\\d+ (?:warnings?|errors?)(?: and \\d+ errors?)? generated\\.");

    private final List<Diagnostic> done = new ArrayList<>();
    private final List<String> stack = new ArrayList<>();
    private List<String> body = new ArrayList<>();

    private DiagnosticParser() {}

    static List<Diagnostic> parse(String stderr) {
        DiagnosticParser parser = new DiagnosticParser();
        stderr.lines().forEach(parser::line);
        parser.finish();
        return List.copyOf(parser.done);
    }

    private void line(String line) {
        if (INCLUDED.matcher(line).matches()) {
            stack.add(line);
        } else if (HEADER.matcher(line).matches()) {
            finish();
            body = new ArrayList<>(stack);
            body.add(line);
            stack.clear();
        } else if (!body.isEmpty() && !SUMMARY.matcher(line).matches()) {
            body.add(line);
        }
    }

    private void finish() {
        for (String line : body) {
            Matcher header = HEADER.matcher(line);
            if (header.matches()) {
                done.add(diagnostic(header, String.join("\n", body)));
                break;
            }
        }
        body = new ArrayList<>();
    }

    private static Diagnostic diagnostic(Matcher header, String rendered) {
        String file = header.group("file");
        return new Diagnostic(
                severity(header.group("severity")),
                file == null ? "" : file,
                file == null ? 0 : Integer.parseInt(header.group("line")),
                file == null ? 0 : Integer.parseInt(header.group("column")),
                header.group("message"),
                rendered.stripTrailing());
    }

    private static Severity severity(String word) {
        return switch (word) {
            case "fatal error" -> Severity.FATAL;
            case "error" -> Severity.ERROR;
            case "warning" -> Severity.WARNING;
            case "remark" -> Severity.REMARK;
            default -> Severity.NOTE;
        };
    }
}
