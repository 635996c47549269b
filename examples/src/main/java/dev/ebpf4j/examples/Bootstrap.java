package dev.ebpf4j.examples;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.rings.Events;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows every process start and exit as it happens. */
@Command(
        name = "bootstrap",
        mixinStandardHelpOptions = true,
        description = "Shows process starts and exits as they happen, until Ctrl-C.")
public final class Bootstrap implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final String ROW = "%-8s %-5s %-16s %-7s %-7s %s%n";

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    @Option(
            names = {"-d", "--min-duration"},
            paramLabel = "MS",
            description = "Show only exits of processes that lived this many milliseconds or longer.")
    private long minDurationMs;

    @Option(
            names = {"-n", "--events"},
            paramLabel = "N",
            description = "Stop after this many events.")
    private long maxEvents = Long.MAX_VALUE;

    @Option(
            names = {"-t", "--seconds"},
            paramLabel = "T",
            description = "Stop after this many seconds.")
    private long maxSeconds = Long.MAX_VALUE;

    @Option(
            names = {"-p", "--perf-buffer"},
            description = "Use a perf buffer, as on kernels before 5.8, which have no ring buffers.")
    private boolean perfBuffer;

    private long shown;

    private Bootstrap() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(Examples.run(new Bootstrap(), args));
    }

    @Override
    public Integer call() {
        byte[] elf = Examples.compile("bootstrap.bpf.c");
        ObjectSpec spec = ElfReader.read(elf, "bootstrap")
                .withVariable("min_duration_ns", TimeUnit.MILLISECONDS.toNanos(minDurationMs));
        if (perfBuffer || !Examples.hasRingBuffers()) {
            spec = Examples.withPerfBuffer(spec);
        }
        Codec<ProcessEvent> codec = Codecs.record(ProcessEvent.class)
                .bind(TypeRef.named(
                        Objects.requireNonNull(spec.btf(), "bootstrap.bpf.c is compiled with BTF"), "event"));
        try (StopSignal stop = StopSignal.install()) {
            watch(spec, codec, stop);
            err.println("bootstrap: detached after " + Math.min(shown, maxEvents) + " events");
        }
        return 0;
    }

    private void watch(ObjectSpec spec, Codec<ProcessEvent> codec, StopSignal stop) {
        try (LoadedObject object = BpfLoader.load(spec);
                Events events = Events.open(object.map("events"))) {
            stop.onStop(events::wakeup);
            object.attachAll();
            out.printf(ROW, "TIME", "EVENT", "COMM", "PID", "PPID", "FILENAME/EXIT CODE");
            long end = System.nanoTime() + Math.min(TimeUnit.SECONDS.toNanos(maxSeconds), Long.MAX_VALUE / 2);
            while (!stop.asked() && shown < maxEvents && end - System.nanoTime() > 0) {
                events.poll(Duration.ofNanos(end - System.nanoTime()), event -> show(event.read(codec)));
            }
        }
    }

    private void show(ProcessEvent event) {
        if (shown++ >= maxEvents) {
            return;
        }
        String detail = event.isExit() == 0 ? event.filename() : "[" + event.exitCode() + "]" + lifeTime(event);
        String kind = event.isExit() == 0 ? "EXEC" : "EXIT";
        out.printf(
                ROW,
                TIME.format(LocalTime.now(ZoneId.systemDefault())),
                kind,
                event.comm(),
                event.pid(),
                event.ppid(),
                detail);
    }

    /** A process that was there before this program has no known start. */
    private static String lifeTime(ProcessEvent event) {
        return event.durationNs() == 0 ? "" : " (" + TimeUnit.NANOSECONDS.toMillis(event.durationNs()) + "ms)";
    }
}
