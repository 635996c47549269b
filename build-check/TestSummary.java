import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Prints how many tests this build ran and every skip with its reason, from Surefire's XML reports. A skip without one
 * fails the build.
 *
 * <p>usage: {@code java TestSummary.java ROOT STARTED_AT}; reports older than STARTED_AT belong to an earlier build.
 */
public class TestSummary {
    private int tests;
    private int failures;
    private int errors;
    private int skipped;
    private int withoutReason;
    private final Map<String, Integer> testsPerRun = new TreeMap<>();
    private final Map<String, Integer> skips = new TreeMap<>();

    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]).normalize();
        TestSummary summary = new TestSummary();
        for (Path report : reports(root, Instant.parse(args[1]))) {
            summary.add(report);
        }
        String text = summary.text();
        System.out.print(text);
        Files.writeString(root.resolve("build-check/target/test-summary.txt"), text);
        if (summary.withoutReason > 0) {
            System.err.println("A skipped test has to say why: give its assumption a message.");
            System.exit(1);
        }
    }

    private static List<Path> reports(Path root, Instant startedAt) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.find(root, 4, (path, attributes) -> path.toString()
                .matches(".*[/\\\\]target[/\\\\]surefire-reports[^/\\\\]*[/\\\\]TEST-.*\\.xml"))) {
            for (Path report : files.sorted().toList()) {
                if (!Files.getLastModifiedTime(report).toInstant().isBefore(startedAt)) {
                    found.add(report);
                }
            }
        }
        return found;
    }

    private void add(Path report) throws Exception {
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getDocumentElement();
        boolean classPath = report.getParent().endsWith("surefire-reports-classpath");
        int count = number(suite, "tests");
        tests += count;
        failures += number(suite, "failures");
        errors += number(suite, "errors");
        skipped += number(suite, "skipped");
        testsPerRun.merge(classPath ? "class path" : "module path", count, Integer::sum);
        NodeList marks = suite.getElementsByTagName("skipped");
        for (int i = 0; i < marks.getLength(); i++) {
            skips.merge(skip((Element) marks.item(i)), 1, Integer::sum);
        }
    }

    private static int number(Element suite, String attribute) {
        return Integer.parseInt(suite.getAttribute(attribute));
    }

    /** The test and its reason: an aborted test's is the message on top of a stack trace, a disabled one's an attribute. */
    private String skip(Element mark) {
        Element test = (Element) mark.getParentNode();
        String reason = mark.getTextContent()
                .lines()
                .takeWhile(line -> !line.startsWith("\tat "))
                .collect(Collectors.joining(" "))
                .replaceFirst("^[\\w.]+AbortedException: *", "")
                .replaceFirst("^Assumption failed: *", "");
        String shown = (mark.getAttribute("message") + reason).strip();
        if (shown.isEmpty() || shown.equals("assumption is not true")) {
            withoutReason++;
            shown = "NO REASON GIVEN";
        }
        return test.getAttribute("classname") + "." + test.getAttribute("name") + ": " + shown;
    }

    private String text() {
        StringBuilder text = new StringBuilder("All modules, ");
        text.append(testsPerRun.isEmpty() ? "no test ran" : testsPerRun.toString().replaceAll("[{}]", ""));
        text.append(System.lineSeparator());
        if (skipped > 0) {
            text.append("Skipped, with the reason and how often (module path and class path):%n".formatted());
            skips.forEach((skip, times) -> text.append("  %d x %s%n".formatted(times, skip)));
        }
        text.append("Tests run: %d, Failures: %d, Errors: %d, Skipped: %d%n".formatted(tests, failures, errors, skipped));
        return text.toString();
    }
}
