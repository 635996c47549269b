package dev.ebpf4j.oracle;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where ebpf4j differs from another loader, over many objects, grouped by corpus and reason. */
final class Differences {
    /** How two loaders may stand to each other in a program. */
    enum Kind {
        SAME("both load it, same tag"),
        TAG("BOTH LOAD IT, TAGS DIFFER"),
        THEIRS("ONLY LIBBPF LOADS IT"),
        OURS("only ebpf4j loads it"),
        NEITHER("neither loads it"),
        TOO_LONG("one took longer than its limit"),
        OPENED_BY_THEM("OBJECT OPENED BY LIBBPF ALONE"),
        OPENED_BY_US("object opened by ebpf4j alone"),
        OPENED_BY_NONE("object opened by neither"),
        MAP("MAP DEFINITIONS DIFFER");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        boolean isBad() {
            return this == TAG || this == THEIRS || this == OPENED_BY_THEM || this == MAP;
        }
    }

    /** One difference or agreement: where, and the words of the loader that refuses. */
    record Finding(Kind kind, String corpus, String where, String reason) {}

    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> bad = new LinkedHashSet<>();
    private final Set<String> corpora = new LinkedHashSet<>();

    private Differences() {}

    static Differences of(Map<String, Outcome> theirs, Map<String, Outcome> ours) {
        Differences differences = new Differences();
        theirs.forEach((path, their) -> {
            Outcome our = ours.get(path);
            if (our != null) {
                differences.compare(their, our);
            }
        });
        return differences;
    }

    List<Finding> findings() {
        return findings;
    }

    /** How often. */
    long count(Kind kind) {
        return count(kind, null);
    }

    /** Paths of the objects in which ebpf4j does not do what the other does. */
    Set<String> badObjects() {
        return bad;
    }

    private void compare(Outcome their, Outcome our) {
        int before = findings.size();
        compareAll(their, our);
        if (findings.subList(before, findings.size()).stream()
                .anyMatch(finding -> finding.kind().isBad())) {
            bad.add(their.path());
        }
    }

    private void compareAll(Outcome their, Outcome our) {
        Path path = Path.of(their.path());
        String corpus = path.getName(Math.max(0, path.getNameCount() - 2)).toString();
        String object = String.valueOf(path.getFileName());
        corpora.add(corpus);
        if (!their.opened() || !our.opened()) {
            Kind kind = their.opened() ? Kind.OPENED_BY_THEM : our.opened() ? Kind.OPENED_BY_US : Kind.OPENED_BY_NONE;
            findings.add(new Finding(kind, corpus, object, kind == Kind.OPENED_BY_US ? their.reason() : our.reason()));
        }
        if (their.opened() && our.opened() && !their.maps().equals(our.maps())) {
            Set<String> left = new LinkedHashSet<>(their.maps());
            left.removeAll(our.maps());
            Set<String> right = new LinkedHashSet<>(our.maps());
            right.removeAll(their.maps());
            findings.add(new Finding(Kind.MAP, corpus, object, left + " is here " + right));
        }
        Set<String> names = new LinkedHashSet<>(their.programs().keySet());
        names.addAll(our.programs().keySet());
        for (String name : names) {
            compare(
                    corpus,
                    object + " " + name,
                    their.programs().get(name),
                    our.programs().get(name));
        }
    }

    private void compare(String corpus, String where, Outcome.@Nullable Program their, Outcome.@Nullable Program our) {
        boolean theyLoad = their != null && their.loads();
        boolean weLoad = our != null && our.loads();
        if (tookTooLong(their) || tookTooLong(our)) {
            findings.add(new Finding(Kind.TOO_LONG, corpus, where, "-"));
            return;
        }
        Kind kind = theyLoad ? Kind.THEIRS : weLoad ? Kind.OURS : Kind.NEITHER;
        String reason = kind == Kind.OURS ? refusal(their) : refusal(our);
        if (their != null && our != null && theyLoad && weLoad) {
            boolean sameCode = our.code().isEmpty() || our.code().equals(their.code());
            kind = their.tag().equals(our.tag()) && sameCode ? Kind.SAME : Kind.TAG;
            reason = "xlated " + their.xlated() + " / " + our.xlated();
        }
        findings.add(new Finding(kind, corpus, where, reason));
    }

    private static boolean tookTooLong(Outcome.@Nullable Program program) {
        return program != null && program.result().equals("timeout");
    }

    private static String refusal(Outcome.@Nullable Program program) {
        return program == null ? "(no such program)" : program.result() + " " + program.reason();
    }

    /** A table of counts, then each kind but agreement with its reasons, the most frequent first. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Kind kind : Kind.values()) {
            text.append(String.format("%-34s", kind.text))
                    .append(count(kind, null))
                    .append('\n');
        }
        text.append("\ncorpus ");
        for (Kind kind : Kind.values()) {
            text.append(kind).append(' ');
        }
        text.append('\n');
        for (String corpus : corpora) {
            text.append(String.format("%-28s", corpus));
            for (Kind kind : Kind.values()) {
                text.append(String.format("%7d", count(kind, corpus)));
            }
            text.append('\n');
        }
        for (Kind kind : List.of(
                Kind.OPENED_BY_THEM,
                Kind.THEIRS,
                Kind.TAG,
                Kind.MAP,
                Kind.OPENED_BY_US,
                Kind.OURS,
                Kind.OPENED_BY_NONE,
                Kind.TOO_LONG,
                Kind.NEITHER)) {
            text.append("\n## ")
                    .append(kind.text)
                    .append(": ")
                    .append(count(kind, null))
                    .append('\n');
            groups(kind).values().stream()
                    .sorted(Comparator.comparingInt((List<Finding> group) -> -group.size()))
                    .forEach(group -> text.append(group(group)));
        }
        return text.toString();
    }

    private static String group(List<Finding> group) {
        StringBuilder text = new StringBuilder();
        Finding first = group.getFirst();
        text.append(String.format("%5d  %s%n", group.size(), first.reason().replaceAll("/\\S+\\.o: ", "")));
        group.stream()
                .limit(first.kind().isBad() ? 6 : 2)
                .forEach(finding -> text.append("         ")
                        .append(finding.corpus())
                        .append('/')
                        .append(finding.where())
                        .append('\n'));
        return text.toString();
    }

    private Map<String, List<Finding>> groups(Kind kind) {
        Map<String, List<Finding>> groups = new TreeMap<>();
        for (Finding finding : findings) {
            if (finding.kind() == kind) {
                groups.computeIfAbsent(general(finding.reason()), reason -> new ArrayList<>())
                        .add(finding);
            }
        }
        return groups;
    }

    /** Without the names and numbers of one case. */
    private static String general(String reason) {
        String general = reason.replaceAll("/\\S+\\.o: ", "")
                .replaceAll("'[^']*'", "'…'")
                .replaceAll("0x[0-9a-f]+|\\d+", "N");
        return general.length() > 120 ? general.substring(0, 120) : general;
    }

    private long count(Kind kind, @Nullable String corpus) {
        return findings.stream()
                .filter(finding -> finding.kind() == kind
                        && (corpus == null || finding.corpus().equals(corpus)))
                .count();
    }
}
