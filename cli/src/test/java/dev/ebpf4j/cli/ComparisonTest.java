package dev.ebpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    /** As the kernel's veristat 0.5.1 writes it, with {@code -o csv}. */
    private static final String BEFORE = """
        file_name,prog_name,verdict,duration,total_insns,total_states,prog_size,prog_size_jited
        a.bpf.o,same,success,71,20,1,17,143
        a.bpf.o,slower,success,254,200,7,88,355
        a.bpf.o,faster,success,254,400,10,88,355
        a.bpf.o,broken,success,254,73,7,88,355
        b.bpf.o,mended,failure,254,N/A,0,88,0
        b.bpf.o,gone,success,254,73,7,88,355
        """;

    private static final String AFTER = """
        file_name,prog_name,prog_type,verdict,errno,total_insns,total_states,reason
        a.bpf.o,same,XDP,success,,20,1,
        a.bpf.o,slower,XDP,success,,201,7,
        a.bpf.o,faster,XDP,success,,300,11,
        a.bpf.o,broken,XDP,failure,EACCES,70,7,"R1 invalid mem access 'scalar', twice"
        b.bpf.o,mended,XDP,success,,73,7,
        b.bpf.o,new,XDP,success,,73,7,
        """;

    @TempDir
    private Path directory;

    private Cli.Answer compare(Object... more) throws IOException {
        Path before = Files.writeString(directory.resolve("before.csv"), BEFORE);
        Path after = Files.writeString(directory.resolve("after.csv"), AFTER);
        Object[] args = new Object[4 + more.length];
        System.arraycopy(new Object[] {"veristat", "--compare", before, after}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        return Cli.run(args);
    }

    @Test
    void differencesAreShownInFull() throws IOException {
        Cli.Answer answer = compare();
        assertEquals("""
            file_name  prog_name  verdict_a  verdict_b  total_insns_a  total_insns_b  total_insns_diff  total_insns_pct  total_states_a  total_states_b  total_states_diff  total_states_pct
            a.bpf.o    slower     success    success              200            201                 1              0.5               7               7                  0               0.0
            a.bpf.o    faster     success    success              400            300              -100            -25.0              10              11                  1              10.0
            a.bpf.o    broken     success    failure               73             70                -3            -4.11               7               7                  0               0.0
            b.bpf.o    mended     failure    success                              73                                                  0               7                  7             100.0
            b.bpf.o    gone       success                          73                                                                 7
            b.bpf.o    new                   success                              73                                                                  7
            """, answer.out());
        assertEquals("7 programs compared, 6 differ, 4 got worse", answer.err().strip());
        assertEquals(Main.FAILED, answer.exitCode());
    }

    @Test
    void smallGrowthMayBeTolerated() throws IOException {
        assertEquals(
                "7 programs compared, 6 differ, 3 got worse",
                compare("--tolerance", "1").err().strip());
    }

    @Test
    void rowsAreSortedCutAndPicked() throws IOException {
        assertEquals(
                """
                prog_name,total_insns_diff
                slower,1
                broken,-3
                """,
                compare("--csv", "--columns", "prog_name,total_insns_diff", "--sort", "total_insns_diff", "--top", "2")
                        .out());
        Cli.Answer json = compare("--json", "--sort", "prog_name:desc", "--top", "1");
        List<Object> rows = JSON.std.listFrom(json.out());
        assertEquals("slower", ((Map<?, ?>) rows.getFirst()).get("prog_name"));
    }

    @Test
    void equalRunsAreFine() throws IOException {
        Path run = Files.writeString(directory.resolve("run.csv"), BEFORE);
        Cli.Answer answer = Cli.run("veristat", "--compare", run, run);
        assertEquals("", answer.out());
        assertEquals(Main.OK, answer.exitCode());
    }

    @Test
    void unreadableRunsAreRefused() throws IOException {
        Path run = Files.writeString(directory.resolve("run.csv"), BEFORE);
        Cli.Answer missing = Cli.run("veristat", "--compare", run, directory.resolve("missing.csv"));
        assertEquals(
                "ebpf4j veristat: " + directory.resolve("missing.csv") + ": no such file",
                missing.err().strip());
        assertEquals(Main.UNUSABLE, missing.exitCode());
        Path object = Cli.sample(directory);
        Cli.Answer wrong = Cli.run("veristat", "--compare", run, object);
        assertEquals(Main.UNUSABLE, wrong.exitCode());
        assertTrue(wrong.err().startsWith("ebpf4j veristat: " + object), wrong.err());
    }

    @Test
    void wrongUsageIsTold() {
        assertUnusable("Missing FILE, or --compare", "veristat");
        assertUnusable("--compare takes no FILE", "veristat", "x.o", "--compare", "a.csv", "b.csv");
        assertUnusable("--log-level is 0, 1 or 2, not 7", "veristat", "-l", "7", "x.o");
        assertUnusable("no column 'insns'", "veristat", "--compare", "/dev/null", "/dev/null", "--sort", "insns");
        assertUnusable("Unknown option: '--jsno'", "veristat", "--jsno", "x.o");
    }

    private static void assertUnusable(String words, Object... args) {
        Cli.Answer answer = Cli.run(args);
        assertTrue(answer.err().contains(words), answer.err());
        assertEquals(Main.UNUSABLE, answer.exitCode());
    }
}
