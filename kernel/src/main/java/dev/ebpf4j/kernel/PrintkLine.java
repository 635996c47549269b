package dev.ebpf4j.kernel;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the kernel's trace, such as a program writes by {@code bpf_printk}. What it looks like is described in the
 * kernel's {@code Documentation/trace/ftrace.rst}.
 *
 * @param task name of the thread that ran the program
 * @param tid number of that thread, 0 for an idle CPU
 * @param cpu the CPU
 * @param context in which it ran: letters for interrupts off, softirq and the like
 * @param time since the machine was booted, in microseconds
 * @param event what wrote the line; {@code bpf_trace_printk} for programs
 * @param message the text
 * @see TracePipe
 */
public record PrintkLine(String task, int tid, int cpu, String context, Duration time, String event, String message) {
    private static final Pattern LINE = Pattern.compile(
            "\\s*(.+)-(\\d+)\\s+(?:\\(\\s*[\\d-]+\\)\\s+)?\\[(\\d+)\\]\\s+(?:(\\S+)\\s+)?(\\d+)\\.(\\d{6}): ([^:]+):"
                    + " ?(.*)",
            Pattern.DOTALL);
    private static final int NANOS_PER_MICRO = 1000;

    /** {@return whether a program wrote it} */
    public boolean isFromProgram() {
        return event.equals("bpf_trace_printk");
    }

    /**
     * {@return the line; empty if the text is none, but says for instance how many lines were lost}
     *
     * @param text as it stands in the trace, without the newline at its end
     */
    public static Optional<PrintkLine> parse(String text) {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PrintkLine(
                    line.group(1),
                    Integer.parseInt(line.group(2)),
                    Integer.parseInt(line.group(3)),
                    line.group(4) == null ? "" : line.group(4),
                    Duration.ofSeconds(Long.parseLong(line.group(5)))
                            .plusNanos(Long.parseLong(line.group(6)) * NANOS_PER_MICRO),
                    line.group(7),
                    line.group(8)));
        } catch (NumberFormatException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
