package dev.ebpf4j.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of {@code docs/maps.md} has every type of map, in their order, and names tests that exist. */
class MapTypesTableTest {
    private static final String TEXT = Checkout.read(Checkout.ROOT.resolve("docs", "maps.md"));
    private static final Pattern ROW = Pattern.compile("^\\| ([A-Z_]+) \\| .*`\\w+Test\\.\\w+`", Pattern.MULTILINE);
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
    private static final Pattern CONSTANT = Pattern.compile("^    ([A-Z_]+)[,;]$", Pattern.MULTILINE);

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    @Test
    void everyTypeHasATest() {
        List<String> types = Checkout.sources("MapType.java").stream()
                .flatMap(file -> found(CONSTANT, Checkout.read(file)).stream())
                .filter(type -> !type.equals("UNSPEC"))
                .toList();
        assertEquals(35, types.size());
        assertEquals(types, found(ROW, TEXT));
    }

    @Test
    void everyTestExists() {
        List<String> missing = TEST.matcher(TEXT)
                .results()
                .filter(test -> Checkout.sources(test.group(1) + ".java").stream()
                        .noneMatch(file -> Checkout.read(file).contains("void " + test.group(2) + "(")))
                .map(MatchResult::group)
                .toList();
        assertEquals(List.of(), missing);
    }
}
