import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Prints how many tests this build ran and every skip with its reason, from Surefire's XML reports.
 *
 * <p>usage: {@code java TestSummary.java ROOT STARTED_AT}; reports older than STARTED_AT belong to an earlier build.
 */
public class TestSummary {
    private int tests;
    private int failures;
    private int errors;
    private int skipped;
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
        Files.writeString(Files.createDirectories(root.resolve("build-check/target")).resolve("test-summary.txt"), text);
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

    /** The test and its reason: JUnit gives an aborted test's reason as the exception's message, a disabled one's as text. */
    private static String skip(Element mark) {
        Element test = (Element) mark.getParentNode();
        String reason = mark.getAttribute("message").isEmpty() ? mark.getTextContent() : mark.getAttribute("message");
        String line = reason.strip()
                .lines()
                .findFirst()
                .orElse("NO REASON GIVEN")
                .replaceFirst("^org\\.opentest4j\\.TestAbortedException: ", "")
                .replaceFirst("^Assumption failed: ", "");
        return test.getAttribute("classname") + "." + test.getAttribute("name") + ": " + line;
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
