package dev.ebpf4j.cli;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/** Patterns for names, as shells have them: a name passes if it matches one of them, or if there are none. */
final class Globs {
    private final List<PathMatcher> matchers;

    Globs(List<String> patterns) {
        matchers = patterns.stream()
                .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
                .toList();
    }

    boolean pass(String name) {
        Path path = Path.of(name);
        return matchers.isEmpty() || matchers.stream().anyMatch(matcher -> matcher.matches(path));
    }
}
