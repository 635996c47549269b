package dev.ebpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectCommandTest {
    @TempDir
    private Path directory;

    private static String golden(String name) {
        return new String(Cli.resource(name), StandardCharsets.UTF_8);
    }

    private String anonymous(String text) {
        return text.replace(directory + "/", "");
    }

    @Test
    void tablesShowEveryPartOfTheSample() throws IOException {
        Cli.Answer answer = Cli.run("object", Cli.sample(directory));
        assertEquals("", answer.err());
        assertEquals(golden("sample.txt"), anonymous(answer.out()));
        assertEquals(Main.OK, answer.exitCode());
    }

    @Test
    void jsonShowsTheSame() throws IOException {
        Cli.Answer answer = Cli.run("object", "--json", Cli.sample(directory));
        assertEquals(golden("sample.json"), anonymous(answer.out()));
        assertEquals(Main.OK, answer.exitCode());
    }

    @Test
    void disassemblyHasSourceLinesRelocationsAndCallees() throws IOException {
        Cli.Answer answer = Cli.run("object", "--disasm", "on_enter", Cli.sample(directory));
        assertEquals(golden("on_enter.txt"), answer.out());
    }

    @Test
    void disassemblyOfAnUnknownProgramNamesTheKnown() throws IOException {
        Cli.Answer answer = Cli.run("object", "--disasm", "on_entry", Cli.sample(directory));
        assertEquals(Main.UNUSABLE, answer.exitCode());
        assertEquals(
                "ebpf4j object: object 'sample' has no program or function 'on_entry'; it has on_enter, lookup,"
                        + " parent_of",
                answer.err().strip());
    }

    @Test
    void badFilesAreToldAndTheOthersStillShown() throws IOException {
        Path good = Cli.sample(directory);
        byte[] bytes = Files.readAllBytes(good);
        Path truncated = Files.write(directory.resolve("truncated.o"), Arrays.copyOf(bytes, bytes.length / 2));
        Path text = Files.writeString(directory.resolve("text.o"), "hello");
        byte[] x86 = bytes.clone();
        x86[18] = 62;
        x86[19] = 0;
        Path host = Files.write(directory.resolve("host.o"), x86);
        Cli.Answer answer = Cli.run("object", directory.resolve("missing.o"), text, host, truncated, good);
        List<String> errors = answer.err().lines().toList();
        assertAll(
                () -> assertEquals(Main.UNUSABLE, answer.exitCode()),
                () -> assertEquals(4, errors.size(), answer.err()),
                () -> assertEquals("ebpf4j object: " + directory + "/missing.o: no such file", errors.get(0)),
                () -> assertTrue(errors.get(1).contains("text.o: ELF file at byte 0: found text"), errors.get(1)),
                () -> assertTrue(errors.get(2).contains("x86-64"), errors.get(2)),
                () -> assertTrue(errors.get(3).contains("truncated.o: ELF"), errors.get(3)),
                () -> assertEquals(golden("sample.txt"), anonymous(answer.out())));
    }

    @Test
    void jsonTellsOfBadFilesToo() throws IOException {
        Path text = Files.writeString(directory.resolve("text.o"), "hello");
        Cli.Answer answer = Cli.run("object", "--json", text, Cli.sample(directory));
        List<Object> trees = JSON.std.listFrom(answer.out());
        assertEquals(2, trees.size());
        String error = String.valueOf(((Map<?, ?>) trees.get(0)).get("error"));
        assertTrue(error.contains("found text"), error);
        assertEquals("sample", ((Map<?, ?>) trees.get(1)).get("name"));
        assertEquals(Main.UNUSABLE, answer.exitCode());
    }

    @Test
    void wrongUsageNamesTheOptionAndCloseOnes() {
        Cli.Answer answer = Cli.run("object", "--jsno", "x.o");
        assertEquals(Main.UNUSABLE, answer.exitCode());
        assertTrue(answer.err().contains("Unknown option: '--jsno'"), answer.err());
        assertEquals(Main.UNUSABLE, Cli.run("object").exitCode());
        assertEquals(Main.UNUSABLE, Cli.run("object", "--json", "--plan", "x.o").exitCode());
        assertEquals(Main.UNUSABLE, Cli.run("objects").exitCode());
    }

    @Test
    void helpAndVersionAreThere() {
        assertTrue(Cli.run("--help").out().contains("object"));
        assertTrue(Cli.run("object", "--help").out().contains("--disasm"));
        assertTrue(Cli.run("--version").out().startsWith("ebpf4j "));
        assertEquals(Main.OK, Cli.run("--version").exitCode());
    }

    @Test
    void withoutCommandTheHelpIsShown() {
        Cli.Answer answer = Cli.run();
        assertEquals(Main.UNUSABLE, answer.exitCode());
        assertTrue(answer.err().contains("Usage: ebpf4j"), answer.err());
    }
}
