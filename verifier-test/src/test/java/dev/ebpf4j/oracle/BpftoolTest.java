package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.oracle.Oracles.Found;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The same object loaded by bpftool and by ebpf4j must be the same in the kernel: tags, translated sizes, maps. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class BpftoolTest {
    static final List<String> CPUS = BpfSource.CPUS;

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":\"?([^\",}]*)");

    @TempDir
    Path folder;

    @ParameterizedTest
    @FieldSource("CPUS")
    void theKernelHoldsWhatBpftoolLoads(String cpu) throws IOException {
        Path object = BpfSource.BOOTSTRAP.compile(cpu, folder);
        List<String> theirs = bpftool(object);
        ObjectDump ours = Ours.load(ElfReader.read(object));
        SortedSet<String> programs = ours.programs().values().stream()
                .map(program -> program.name() + " " + program.tag() + " " + program.xlatedBytes())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(programs(theirs), programs, "name, tag, translated bytes");
        assertEquals(2, programs.size());
        assertEquals(maps(theirs), ours.maps(), "name, type, key, value, entries, flags");
        assertEquals(5, ours.maps().size());
    }

    private List<String> bpftool(Path object) throws IOException {
        Found bpftool = Oracles.bpftool();
        Path script = folder.resolve("load.sh");
        try (InputStream source = BpftoolTest.class.getResourceAsStream("bpftool-load.sh")) {
            Files.copy(Objects.requireNonNull(source), script);
        }
        Path mountPoint = Files.createDirectory(folder.resolve("bpffs"));
        List<String> command = List.of("unshare", "--mount", "sh", script.toString());
        List<String> arguments = List.of(bpftool.file().toString(), object.toString(), mountPoint.toString());
        return Tool.lines(
                bpftool.libraries(),
                LIMIT,
                Stream.concat(command.stream(), arguments.stream()).toList());
    }

    private static SortedSet<String> programs(List<String> lines) {
        return things(
                lines,
                "program ",
                fields -> fields.get("name") + " " + fields.get("tag") + " " + fields.get("bytes_xlated"));
    }

    private static SortedSet<String> maps(List<String> lines) {
        return things(lines, "map ", BpftoolTest::map);
    }

    private static SortedSet<String> things(
            List<String> lines, String kind, Function<Map<String, String>, String> line) {
        return lines.stream()
                .filter(text -> text.startsWith(kind))
                .map(text -> line.apply(fields(text)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String map(Map<String, String> fields) {
        String type = Objects.requireNonNull(fields.get("type")).toUpperCase(Locale.ROOT);
        return fields.get("name") + " " + MapType.valueOf(type).number() + " " + fields.get("bytes_key") + " "
                + fields.get("bytes_value") + " " + fields.get("max_entries") + " " + fields.get("flags");
    }

    private static Map<String, String> fields(String json) {
        Map<String, String> fields = new TreeMap<>();
        Matcher field = FIELD.matcher(json);
        while (field.find()) {
            fields.put(field.group(1), field.group(2));
        }
        return fields;
    }
}
