package dev.ebpf4j.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no linter knows: licence lines of C files, the order of the reactor, the list in the bom, the one suppression. */
class HouseRulesTest {
    private static final String C_LICENCE = "SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause";

    /** Folders that are not published. */
    private static final Set<String> BUILD_ONLY = Set.of("examples", "benchmarks", "bom", "build-check");

    @Test
    void everyCFileStartsWithTheDualLicence() {
        List<Path> without = Stream.of(".c", ".h")
                .flatMap(suffix -> Checkout.sources(suffix).stream())
                .filter(file -> !firstLine(file).contains(C_LICENCE))
                .map(Checkout.ROOT::relativize)
                .toList();
        assertEquals(List.of(), without, "first line must contain: " + C_LICENCE);
    }

    @Test
    void buildCheckIsTheLastModule() {
        assertEquals("build-check", Checkout.folders().getLast(), "it reports on all the others");
    }

    @Test
    void bomListsEveryPublishedModule() {
        Set<String> published = Checkout.folders().stream()
                .filter(folder -> !BUILD_ONLY.contains(folder))
                .map(folder -> folder.equals("ebpf4j") ? folder : "ebpf4j-" + folder)
                .collect(Collectors.toCollection(TreeSet::new));
        String bom = Checkout.read(Checkout.ROOT.resolve("bom", "pom.xml"));
        Set<String> listed = artifacts(bom.substring(bom.indexOf("<dependencyManagement>")));
        assertEquals(published, listed);
    }

    @Test
    void onlyOneSourceFileMaySuppressRestrictedCalls() {
        List<String> suppressing = Checkout.sources(".java").stream()
                .filter(file -> Checkout.read(file).contains("@SuppressWarnings(\"restricted\")"))
                .map(file -> file.getFileName().toString())
                .filter(name -> !name.equals("HouseRulesTest.java"))
                .toList();
        assertTrue(suppressing.stream().allMatch("LinuxSys.java"::equals), () -> "also in " + suppressing);
    }

    private static String firstLine(Path file) {
        return Checkout.read(file).lines().findFirst().orElse("");
    }

    private static Set<String> artifacts(String pom) {
        return Pattern.compile("<artifactId>([^<]+)</artifactId>")
                .matcher(pom)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
