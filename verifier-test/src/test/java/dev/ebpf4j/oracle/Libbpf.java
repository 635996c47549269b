package dev.ebpf4j.oracle;

import dev.ebpf4j.oracle.Oracles.Found;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What libbpf makes of objects. Runs the program in the resource {@code Libbpf.java} in a JVM of its own. */
public final class Libbpf {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)");

    private final List<String> printed;

    private Libbpf(List<String> printed) {
        this.printed = printed;
    }

    /** Loads all programs of each object together; aborts the test if there is no libbpf. */
    public static Libbpf loadWhole(List<Path> objects) throws IOException {
        return run(List.of("whole"), objects);
    }

    /** Loads each program of each object alone; aborts the test if there is no libbpf. */
    public static Libbpf loadEach(List<Path> objects) throws IOException {
        return run(List.of("each"), objects);
    }

    /** Loads each program alone, relocated by the types in a file, given by object; aborts the test if there is no libbpf. */
    public static Libbpf loadEach(Map<Path, Path> typesOfObjects) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("each"));
        typesOfObjects.forEach((object, types) -> arguments.addAll(List.of("btf=" + types, object.toString())));
        return run(arguments, List.of());
    }

    private static Libbpf run(List<String> mode, List<Path> objects) throws IOException {
        Found libbpf = Oracles.libbpf();
        Path folder = Files.createTempDirectory("oracle");
        Path program = folder.resolve("Libbpf.java");
        try (InputStream source = Libbpf.class.getResourceAsStream("Libbpf.java")) {
            Files.copy(Objects.requireNonNull(source), program);
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            List<String> command = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", program.toString()));
            command.add(libbpf.file().toString());
            command.addAll(mode);
            objects.forEach(object -> command.add(object.toString()));
            return new Libbpf(Tool.lines(libbpf.libraries(), LIMIT, command));
        } finally {
            Files.deleteIfExists(program);
            Files.delete(folder);
        }
    }

    /** Whether it is at least that version. */
    public boolean isAtLeast(int major, int minor) {
        Matcher version = VERSION.matcher(printed.getFirst());
        if (!version.matches()) {
            throw new IllegalStateException("no version: " + printed.getFirst());
        }
        int theirs = Integer.parseInt(version.group(1));
        return theirs > major || (theirs == major && Integer.parseInt(version.group(2)) >= minor);
    }

    /** What it made of each object, by path. */
    public Map<String, ObjectDump> objects() {
        return ObjectDump.parse(printed.subList(1, printed.size()));
    }
}
