package dev.ebpf4j.clang;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The make rule that clang writes among its diagnostics: standard output carries the object, so that the rule has no
 * other pipe.
 *
 * @param dependencies the files of the rule
 * @param rest what is left of standard error
 */
record DependencyOutput(List<Path> dependencies, String rest) {

    private static final String TARGET = "ebpf4j-dependencies";

    /** Not /dev/stderr: when a compilation fails, clang deletes the rule's file, and root may delete that link. */
    static final List<String> ARGUMENTS = List.of("-MD", "-MF", "/proc/self/fd/2", "-MT", TARGET);

    static DependencyOutput split(String stderr) {
        List<Path> files = new ArrayList<>();
        StringBuilder rest = new StringBuilder();
        boolean inRule = false;
        for (String line : stderr.lines().toList()) {
            boolean starts = line.startsWith(TARGET + ":");
            if (starts || inRule) {
                String part = starts ? line.substring(TARGET.length() + 1) : line;
                inRule = part.endsWith("\\");
                addFiles(inRule ? part.substring(0, part.length() - 1) : part, files);
            } else {
                rest.append(line).append('\n');
            }
        }
        return new DependencyOutput(files, rest.toString());
    }

    /** Make's quoting: a backslash keeps a blank or a #, a dollar is doubled. */
    private static void addFiles(String part, List<Path> files) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i <= part.length(); i++) {
            char c = i < part.length() ? part.charAt(i) : ' ';
            char next = i + 1 < part.length() ? part.charAt(i + 1) : '\0';
            if ((c == '\\' && (next == ' ' || next == '#')) || (c == '$' && next == '$')) {
                name.append(next);
                i++;
            } else if (c != ' ') {
                name.append(c);
            } else if (!name.isEmpty()) {
                addFile(name.toString(), files);
                name.setLength(0);
            }
        }
    }

    private static void addFile(String name, List<Path> files) {
        if (!name.equals("-") && !name.equals("<stdin>")) {
            files.add(Path.of(name));
        }
    }
}
