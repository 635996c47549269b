package dev.ebpf4j.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The tables of {@code docs/parity.md} name tests that exist, and leave nothing out. */
class ParityTableTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
    private static final int TRAPS = 39;

    private static final String TEXT = Checkout.read(Checkout.ROOT.resolve("docs", "parity.md"));

    @Test
    void everyTestExists() {
        Map<String, String> sources = new HashMap<>();
        Checkout.sources("Test.java")
                .forEach(file -> sources.merge(
                        file.getFileName().toString().replace(".java", ""), Checkout.read(file), String::concat));
        List<String> missing = TEST.matcher(TEXT)
                .results()
                .filter(test -> !sources.getOrDefault(test.group(1), "").contains("void " + test.group(2) + "("))
                .map(MatchResult::group)
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void everyTrapHasItsLine() {
        String traps = TEXT.substring(TEXT.indexOf("## Traps\n"));
        List<Integer> lines = Pattern.compile("^\\| (\\d+) \\|", Pattern.MULTILINE)
                .matcher(traps)
                .results()
                .map(line -> Integer.valueOf(line.group(1)))
                .toList();
        assertEquals(IntStream.rangeClosed(1, TRAPS).boxed().toList(), lines);
    }

    @Test
    void everyRowOfThePackageIsInTheTable() {
        List<String> missing = Checkout.sources("RowsTest.java").stream()
                .flatMap(file -> Pattern.compile("void (row\\d+_\\w+)\\(")
                        .matcher(Checkout.read(file))
                        .results()
                        .map(method -> file.getFileName().toString().replace(".java", "") + "." + method.group(1)))
                .filter(test -> !TEXT.contains("`" + test + "`"))
                .toList();
        assertEquals(List.of(), missing);
        assertTrue(TEXT.contains("| 85 |"));
    }
}
