package dev.ebpf4j.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a loader made of an object.
 *
 * @param maps name, type, sizes, entries and flags of each map, as the kernel tells them
 * @param programs the programs by name
 */
public record ObjectDump(SortedSet<String> maps, Map<String, ProgramDump> programs) {

    /**
     * What a loader made of a program.
     *
     * @param result 0 if it was loaded, else anything else
     * @param tag the kernel's hash of its instructions, "-" if it was not loaded
     * @param xlatedBytes size of the instructions after the kernel translated them
     * @param code the instructions as they were loaded, in hexadecimal, map descriptors 0
     * @param uses which instruction takes which map
     */
    public record ProgramDump(String name, int result, String tag, int xlatedBytes, String code, String uses) {

        public boolean isLoaded() {
            return result == 0;
        }

        /** Where the maps' names are not known, because nothing was loaded. */
        public ProgramDump withoutMapNames() {
            return new ProgramDump(name, result, tag, xlatedBytes, code, uses.replaceAll("=\\S+", ""));
        }

        /** A line for each slot, for messages that show the difference. */
        public String lines() {
            List<String> lines = new ArrayList<>();
            for (int at = 0; at < code.length(); at += 16) {
                lines.add(at / 16 + " " + code.substring(at, at + 16));
            }
            return String.join("\n", lines) + "\n" + uses;
        }
    }

    /** Reads what Libbpf.java prints, by object. */
    static Map<String, ObjectDump> parse(List<String> lines) {
        Map<String, ObjectDump> objects = new LinkedHashMap<>();
        ObjectDump object = new ObjectDump(new TreeSet<>(), new LinkedHashMap<>());
        String[] program = {};
        String code = "";
        for (String line : lines) {
            String[] words = line.split(" ", 2);
            String rest = words.length > 1 ? words[1] : "";
            switch (words[0]) {
                case "object" -> {
                    object = new ObjectDump(new TreeSet<>(), new LinkedHashMap<>());
                    objects.put(rest, object);
                }
                case "map" -> object.maps.add(rest);
                case "program" -> program = rest.split(" ");
                case "code" -> code = rest;
                case "uses" -> object.add(program, code, rest);
                default -> throw new IllegalArgumentException("unexpected line: " + line);
            }
        }
        return objects;
    }

    private void add(String[] program, String code, String uses) {
        int result = Integer.parseInt(program[1]);
        int xlated = Integer.parseInt(program[3]);
        programs.put(program[0], new ProgramDump(program[0], result, program[2], xlated, code, uses));
    }
}
