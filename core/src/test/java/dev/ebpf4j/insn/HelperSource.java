package dev.ebpf4j.insn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes {@code Helper.java} from {@code helpers.tsv}: the constants from the data, the rest from the text below. */
final class HelperSource {
    static final Path DATA = Path.of("src/main/data/helpers.tsv");
    static final Path TARGET = Path.of("src/main/java/dev/ebpf4j/insn/Helper.java");

    private static final int COLUMNS = 120;

    /** One line of the data file. */
    record Row(int id, String name, String returnType, String parameters) {
        static Row parse(String line) {
            String[] fields = line.split("\t", -1);
            if (fields.length != 4 || !fields[1].startsWith("bpf_")) {
                throw new IllegalArgumentException("expected id, bpf_ name, return type, parameters: " + line);
            }
            return new Row(Integer.parseInt(fields[0]), fields[1], fields[2], fields[3]);
        }

        String constant() {
            return name.substring("bpf_".length()).toUpperCase(Locale.ROOT);
        }
    }

    private HelperSource() {}

    static List<Row> rows() throws IOException {
        try (var lines = Files.lines(DATA)) {
            return lines.filter(line -> !line.startsWith("#")).map(Row::parse).toList();
        }
    }

    static String generate() throws IOException {
        String constants = rows().stream().map(HelperSource::constant).collect(Collectors.joining(",\n", "", ";\n"));
        return HEAD + constants + TAIL;
    }

    private static String constant(Row row) {
        String space = row.returnType().endsWith("*") ? "" : " ";
        return "    /** {@code " + row.returnType() + space + row.name() + "(" + row.parameters() + ")}. */\n"
                + laidOut(row.constant(), Integer.toString(row.id()), quote(row.returnType()), quote(row.parameters()));
    }

    /** The formatter's rule: one line if it fits, else the arguments on the next line. */
    private static String laidOut(String name, String... arguments) {
        String oneLine = "    " + name + "(" + String.join(", ", arguments) + ")";
        if (oneLine.length() + 1 <= COLUMNS) {
            return oneLine;
        }
        String nextLine = "            " + String.join(", ", arguments) + ")";
        String separator = nextLine.length() + 1 <= COLUMNS ? ", " : ",\n            ";
        return "    " + name + "(\n            " + String.join(separator, arguments) + ")";
    }

    private static String quote(String text) {
        return "\"" + text + "\"";
    }

    private static final String HEAD = """
            package dev.ebpf4j.insn;

            import java.util.Arrays;
            import java.util.List;
            import java.util.Locale;
            import java.util.Map;
            import java.util.Optional;
            import java.util.function.Function;
            import java.util.stream.Collectors;

            /**
             * The kernel helpers that programs can call by number. Generated from {@code core/src/main/data/helpers.tsv}: edit that,
             * then run {@code HelperTest} with {@code -Dregenerate=true}.
             *
             * <p>Numbers and C types are those of the kernel's UAPI header bpf.h, as a program sees them. The list is closed: what the
             * kernel adds now are kfuncs.
             */
            public enum Helper {
            """;

    private static final String TAIL = """

                private static final Map<Integer, Helper> BY_ID = indexBy(Helper::id);
                private static final Map<String, Helper> BY_NAME = indexBy(Helper::functionName);

                private final int id;
                private final String returnType;
                private final String parameters;

                Helper(int id, String returnType, String parameters) {
                    this.id = id;
                    this.returnType = returnType;
                    this.parameters = parameters;
                }

                /**
                 * {@return the helper of the given number, or nothing if this version knows none}
                 *
                 * @param id the number in the call instruction
                 */
                public static Optional<Helper> find(int id) {
                    return Optional.ofNullable(BY_ID.get(id));
                }

                /**
                 * {@return the helper of the given C name, or nothing if there is none}
                 *
                 * @param functionName such as {@code bpf_map_lookup_elem}
                 */
                public static Optional<Helper> find(String functionName) {
                    return Optional.ofNullable(BY_NAME.get(functionName));
                }

                /** {@return the number in the call instruction} */
                public int id() {
                    return id;
                }

                /** {@return the C name, as in {@code bpf_map_lookup_elem}} */
                public String functionName() {
                    return "bpf_" + name().toLowerCase(Locale.ROOT);
                }

                /** {@return the C return type; {@code void} if the helper returns nothing of use} */
                public String returnType() {
                    return returnType;
                }

                /** {@return the C parameters, type and name each; the last may be {@code ...}, for up to three more values} */
                public List<String> parameters() {
                    return parameters.equals("void") ? List.of() : List.of(parameters.split(", "));
                }

                private static <K> Map<K, Helper> indexBy(Function<Helper, K> key) {
                    return Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(key, Function.identity()));
                }
            }
            """;
}
