package dev.ebpf4j.oracle;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs corpora from the command line: {@code load FILE OBJECT...} loads every program by itself and appends to the file what
 * {@link Outcome} reads, {@code prepare BTF FILE OBJECT...} only links it for a kernel with these types; {@code compare THEIRS OURS TO} writes where two such files differ, {@code bad THEIRS OURS TO} the objects to blame. A program that takes longer than the
 * limit ends the run with exit code 3, and the same command goes on behind it.
 */
final class CorpusMain {
    private static final long LIMIT_MILLIS = Long.getLong("limit", 60) * 1000;
    private static final int TOO_LATE = 3;

    private static volatile long started = Long.MAX_VALUE;
    private static volatile String current = "";

    private CorpusMain() {}

    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "load" -> run(new EachAlone(), Path.of(args[1]), List.of(args).subList(2, args.length));
            case "prepare" -> {
                Btf types = Btf.parse(Files.readAllBytes(Path.of(args[1])));
                run(new EachAlone(types), Path.of(args[2]), List.of(args).subList(3, args.length));
            }
            case "compare" ->
                Files.writeString(
                        Path.of(args[3]),
                        Differences.of(read(args[1]), read(args[2])).text());
            case "bad" ->
                Files.write(
                        Path.of(args[3]),
                        Differences.of(read(args[1]), read(args[2])).badObjects());
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static Map<String, Outcome> read(String file) throws IOException {
        return Outcome.parse(Files.readAllLines(Path.of(file)));
    }

    private static void run(EachAlone loader, Path output, List<String> objects) throws IOException {
        List<String> before = Files.exists(output) ? Files.readAllLines(output) : new ArrayList<>();
        Map<String, Outcome> known = Outcome.parse(before);
        try (PrintStream out = new PrintStream(Files.newOutputStream(
                output, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND))) {
            watch(out);
            for (String object : objects) {
                each(out, loader, Path.of(object), known.get(object));
            }
        }
    }

    private static void each(PrintStream out, EachAlone loader, Path file, @Nullable Outcome known) {
        EachAlone.Opened opened = EachAlone.open(file);
        ObjectSpec spec = opened.spec();
        if (known == null) {
            print(out, opened.outcome().lines());
        }
        if (spec == null) {
            return;
        }
        for (ProgramSpec program : spec.programs()) {
            if (known == null || !known.programs().containsKey(program.name())) {
                current = Outcome.line(file.toString(), EachAlone.failure(program, "timeout", "-"));
                started = System.currentTimeMillis();
                Outcome.Program result = loader.run(spec, program);
                started = Long.MAX_VALUE;
                print(out, Outcome.lines(file.toString(), result));
            }
        }
    }

    private static synchronized void print(PrintStream out, List<String> lines) {
        lines.forEach(out::println);
        out.flush();
    }

    private static void watch(PrintStream out) {
        Thread.ofPlatform().daemon().start(() -> {
            while (true) {
                try {
                    Thread.sleep(500);
                } catch (InterruptedException e) {
                    return;
                }
                if (System.currentTimeMillis() - started > LIMIT_MILLIS) {
                    print(out, List.of(current));
                    Runtime.getRuntime().halt(TOO_LATE);
                }
            }
        });
    }
}
