package dev.ebpf4j.benchmarks.paired;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.benchmarks.paired.Area.Row;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The paired runner; {@code benchmarks/paired} builds all that it needs and starts it. */
public final class Paired {
    private static final int QUICK = 3;

    private Paired() {}

    /**
     * Measures.
     *
     * @param args the peer for libbpf, then {@code --quick} if wanted, then the names of areas; none for all
     * @throws IOException if a peer fails
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> words = Arrays.asList(args).subList(1, args.length);
        boolean quick = words.contains("--quick");
        List<String> names =
                words.stream().filter(word -> !word.startsWith("--")).toList();
        Setup setup = new Setup(Path.of(args[0]));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        out.println(machine());
        out.println();
        out.println(Report.HEAD);
        for (Area area : Areas.all()) {
            if (!names.isEmpty() && !names.contains(area.name())) {
                continue;
            }
            try (Rounds rounds = new Rounds(setup, area)) {
                Map<String, double[]> times = rounds.run(quick ? area.rounds() / QUICK : area.rounds());
                for (Row row : area.rows()) {
                    out.println(Report.line(row, times));
                }
            }
        }
    }

    private static String machine() throws IOException {
        String[] load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2);
        return "%s; Linux %s, %d CPUs; Java %s; load average %s"
                .formatted(
                        LocalDate.now(java.time.ZoneOffset.UTC),
                        System.getProperty("os.version"),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        load[0]);
    }
}
