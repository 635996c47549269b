package dev.ebpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ebpf4j.test.RequiresBpf;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresBpf
class VeristatCommandTest {
    @TempDir
    private Path directory;

    /** The sample, whose socket filter leaves a register unset that it returns. */
    private Path bad() throws IOException {
        HexFormat hex = HexFormat.of();
        String sample = hex.formatHex(Cli.resource("sample.bpf.o"));
        String load = "7906000000000000"; // r6 = *(u64 *)(r0 + 0), which only this program ends with
        String end = load + "bc60000000000000" + "9500000000000000"; // w0 = w6; exit
        assertEquals(1, sample.split(end, -1).length - 1, "the sample ends one program so");
        String patched = sample.replace(end, load + "bc90000000000000" + "9500000000000000"); // w0 = w9
        return Files.write(directory.resolve("bad.bpf.o"), hex.parseHex(patched));
    }

    @Test
    void everyProgramOfTheSampleIsAccepted() throws IOException {
        Cli.Answer answer = Cli.run(
                "veristat",
                "--columns",
                "file_name,prog_name,prog_type,verdict,errno,prog_size",
                Cli.sample(directory));
        assertEquals("""
            file_name     prog_name  prog_type       verdict  prog_size
            sample.bpf.o  on_enter   RAW_TRACEPOINT  success         88
            sample.bpf.o  lookup     SOCKET_FILTER   success         17
            """, answer.out());
        assertEquals("", answer.err());
        assertEquals(Main.OK, answer.exitCode());
    }

    @Test
    void figuresOfTheVerifierAreThere() throws IOException {
        Cli.Answer answer = Cli.run("veristat", "--json", "--program", "look*", Cli.sample(directory));
        List<Object> rows = JSON.std.listFrom(answer.out());
        assertEquals(1, rows.size(), answer.out());
        Map<?, ?> row = (Map<?, ?>) rows.getFirst();
        assertAll(
                () -> assertTrue(number(row, "total_insns") >= 17, row.toString()),
                () -> assertTrue(number(row, "duration") > 0, row.toString()),
                () -> assertTrue(number(row, "peak_states") >= 0, row.toString()),
                () -> assertTrue(number(row, "prog_size_jited") > 0, row.toString()),
                () -> assertEquals("f55e81d77538d026", row.get("tag")));
    }

    private static long number(Map<?, ?> row, String column) {
        return row.get(column) instanceof Number number ? number.longValue() : -1;
    }

    @Test
    void refusalGivesReasonErrnoExitCodeAndLogAndSparesTheOthers() throws IOException {
        Cli.Answer answer = Cli.run(
                "veristat",
                "-l",
                "1",
                "--csv",
                "--columns",
                "prog_name,verdict,errno,reason",
                bad(),
                Cli.sample(directory));
        assertEquals("""
            prog_name,verdict,errno,reason
            on_enter,success,,
            lookup,failure,EACCES,R9 !read_ok
            on_enter,success,,
            lookup,success,,
            """, answer.out());
        assertTrue(answer.err().startsWith("log of bad.bpf.o lookup:\n"), answer.err());
        assertTrue(answer.err().contains("R9 !read_ok"), answer.err());
        assertEquals(Main.FAILED, answer.exitCode());
    }

    @Test
    void filesArePickedByNameAndBadOnesTold() throws IOException {
        Path text = Files.writeString(directory.resolve("text.o"), "hello");
        Cli.Answer answer = Cli.run("veristat", "--csv", "--columns", "file_name", text, bad(), Cli.sample(directory));
        assertEquals(Main.UNUSABLE, answer.exitCode());
        assertTrue(answer.err().contains("text.o: ELF file at byte 0: found text"), answer.err());
        Cli.Answer picked = Cli.run(
                "veristat", "--object", "s*", "--csv", "--columns", "file_name", text, bad(), Cli.sample(directory));
        assertEquals("file_name\nsample.bpf.o\nsample.bpf.o\n", picked.out());
        assertEquals(Main.OK, picked.exitCode());
    }

    @Test
    void withoutTheRightToLoadTheCapabilityIsNamed() throws IOException, InterruptedException {
        List<String> wrapper = List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all");
        assumeTrue(works(wrapper), "setpriv (util-linux) is missing, or may not drop capabilities");
        List<String> command = Stream.of(
                        wrapper.stream(),
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classPath(),
                                Main.class.getName(),
                                "veristat",
                                "--program",
                                "lookup",
                                Cli.sample(directory).toString()))
                .flatMap(words -> words)
                .toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(Main.UNUSABLE, process.waitFor(), output);
        assertTrue(output.startsWith("ebpf4j veristat: can't "), output);
        assertTrue(output.contains("this process lacks CAP_BPF"), output);
    }

    private static boolean works(List<String> wrapper) throws InterruptedException {
        try {
            return new ProcessBuilder(Stream.concat(wrapper.stream(), Stream.of("true"))
                                    .toList())
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String classPath() {
        return Stream.of("surefire.test.class.path", "jdk.module.path", "java.class.path")
                .map(property -> System.getProperty(property, ""))
                .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)))
                .filter(entry -> !entry.isEmpty())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }
}
