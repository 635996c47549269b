package dev.ebpf4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines as kernels wrote them; the forms are those of {@code Documentation/trace/ftrace.rst}. */
class TracePipeTest {
    private static PrintkLine line(String text) {
        return PrintkLine.parse(text).orElseThrow();
    }

    @Test
    void aLineOfAProgram() {
        PrintkLine line = line("            bash-4242    [003] d..31  1234.567890: bpf_trace_printk: hello: [1] x");
        Duration time = Duration.ofSeconds(1234).plusNanos(567_890_000);
        assertEquals(new PrintkLine("bash", 4242, 3, "d..31", time, "bpf_trace_printk", "hello: [1] x"), line);
        assertTrue(line.isFromProgram());
    }

    @Test
    void namesOfTasksMayHoldAnything() {
        assertEquals(
                "a-12 [001] b",
                line(" a-12 [001] b-7  [000] ..... 1.000001: bpf_trace_printk: x")
                        .task());
        assertEquals(
                "<idle>",
                line("          <idle>-0       [001] dNs4.  9.000000: bpf_trace_printk: ")
                        .task());
    }

    @Test
    void thoseOfOtherFormats() {
        assertEquals(
                7,
                line("  java-7  (  5) [000] d... 1.000001: bpf_trace_printk: group shown")
                        .tid());
        assertEquals(
                "",
                line("  java-7  [000]  1.000001: bpf_trace_printk: no context shown")
                        .context());
        PrintkLine other = line("  java-7  [000] d... 1.000001: sched_switch: prev_comm=java");
        assertEquals("sched_switch", other.event());
        assertEquals("prev_comm=java", other.message());
    }

    @Test
    void whatIsNoLineIsNone() {
        for (String text : List.of("", "CPU:1 [LOST 5 EVENTS]", "# tracer: nop", "a-b [0] c 1.2: d: e")) {
            assertTrue(PrintkLine.parse(text).isEmpty(), text);
        }
        String number = "x-99999999999 [000] .... 1.000001: bpf_trace_printk: x";
        assertTrue(PrintkLine.parse(number).isEmpty(), "a number that is none");
    }

    @Test
    void messagesOfSeveralLinesStayTogether() {
        List<PrintkLine> lines = new ArrayList<>();
        TracePipe.parse("""
            CPU:1 [LOST 5 EVENTS]
             a-1 [000] d... 1.000001: bpf_trace_printk: one
            two

             a-1 [000] d... 1.000002: bpf_trace_printk: three
            """, lines);
        assertEquals(
                List.of("one\ntwo", "three"),
                lines.stream().map(PrintkLine::message).toList());
    }
}
