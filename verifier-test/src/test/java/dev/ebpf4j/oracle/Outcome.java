package dev.ebpf4j.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a loader made of one object, each program by itself: the lines that {@code libbpf_oracle.c} prints, and
 * {@link EachAlone} for ebpf4j.
 *
 * @param path the object's file
 * @param opened whether it could be read at all
 * @param reason why not
 * @param maps the maps that it defines: name, type, sizes, entries, flags, extra, NUMA node
 * @param programs the programs by name
 */
record Outcome(String path, boolean opened, String reason, SortedSet<String> maps, Map<String, Program> programs) {
    /**
     * What became of a program.
     *
     * @param section its section
     * @param result "0", a negative error number, or a word for anything else that happened
     * @param tag the kernel's hash of its instructions, "-" if it was not loaded
     * @param xlated length of the translated instructions in bytes
     * @param verified how many instructions the verifier looked at
     * @param reason why it was not loaded
     * @param code its instructions, if they were asked for, and the maps that they take
     */
    record Program(
            String name,
            String section,
            String result,
            String tag,
            int xlated,
            int verified,
            String reason,
            String code) {
        boolean loads() {
            return result.equals("0");
        }

        Program withCode(String value) {
            return new Program(name, section, result, tag, xlated, verified, reason, value);
        }
    }

    /** Reads lines; what was printed for an object later replaces what was before. */
    static Map<String, Outcome> parse(List<String> lines) {
        Map<String, Outcome> objects = new LinkedHashMap<>();
        for (String line : lines) {
            String[] words = line.split("\t", -1);
            switch (words[0]) {
                case "object" -> objects.put(words[1], object(words));
                case "map" -> of(objects, words).addMap(words);
                case "program" -> of(objects, words).programs.put(words[2], program(words));
                case "code" ->
                    of(objects, words)
                            .programs
                            .computeIfPresent(words[2], (name, program) -> program.withCode(words[3] + " " + words[4]));
                default -> {} // the version
            }
        }
        return objects;
    }

    private static Outcome of(Map<String, Outcome> objects, String[] words) {
        return objects.computeIfAbsent(words[1], path -> object(new String[] {"object", path, "0", "-"}));
    }

    /** The map of configuration values is made when an object is linked, and not by its definition. */
    private void addMap(String[] words) {
        if (!words[2].endsWith(".kconfig")) {
            maps.add(String.join(" ", List.of(words).subList(2, words.length)));
        }
    }

    private static Outcome object(String[] words) {
        return new Outcome(words[1], words[2].equals("0"), words[3], new TreeSet<>(), new LinkedHashMap<>());
    }

    private static Program program(String[] words) {
        int xlated = Integer.parseInt(words[7]);
        int verified = Integer.parseInt(words[8]);
        return new Program(words[2], words[3], words[4], words[6], xlated, verified, words[9], "");
    }

    /** The lines that {@link #parse} reads. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.join("\t", "object", path, opened ? "0" : "-1", reason));
        maps.forEach(map -> lines.add("map\t" + path + "\t" + map.replace(' ', '\t')));
        programs.values().forEach(program -> lines.addAll(lines(path, program)));
        return lines;
    }

    /** The lines of one program. */
    static List<String> lines(String path, Program program) {
        String line = line(path, program);
        if (program.code.isEmpty()) {
            return List.of(line);
        }
        return List.of(line, String.join("\t", "code", path, program.name, program.code.replaceFirst(" ", "\t")));
    }

    /** The first of them. */
    static String line(String path, Program program) {
        return String.join(
                        "\t", List.of("program", path, program.name, program.section, program.result, "0", program.tag))
                + "\t" + program.xlated + "\t" + program.verified + "\t" + program.reason;
    }
}
