package dev.ebpf4j.clang;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.clang.Diagnostic.Severity;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosticParserTest {

    /** What clang 20.1.7 and clang 14 print (the latter without the line-number gutter). */
    private static final String OUTPUT = """
            In file included from dir with space/a.bpf.c:1:
            In file included from ./b.h:2:
            ./c.h:3:9: warning: 'X' macro redefined [-Wmacro-redefined]
                3 | #define X 2
                  |         ^
            ./c.h:1:9: note: previous definition is here
            #define X 1
                    ^
            a.bpf.c:7:1: fatal error: 'nowhere.h' file not found
                7 | #include "nowhere.h"
                  |          ^~~~~~~~~~~
            clang-19: error: unable to execute command: Killed
            error: unknown target CPU 'v9'
            note: valid target CPU values are: generic, v1
            fatal error: error in backend: stack size exceeded
            1 warning and 4 errors generated.
            """;

    @Test
    void splitsHeadersStacksAndSnippets() {
        List<Diagnostic> found = DiagnosticParser.parse(OUTPUT);
        assertEquals(
                List.of(
                        "WARNING ./c.h:3:9 'X' macro redefined [-Wmacro-redefined]",
                        "NOTE ./c.h:1:9 previous definition is here",
                        "FATAL a.bpf.c:7:1 'nowhere.h' file not found",
                        "ERROR :0:0 unable to execute command: Killed",
                        "ERROR :0:0 unknown target CPU 'v9'",
                        "NOTE :0:0 valid target CPU values are: generic, v1",
                        "FATAL :0:0 error in backend: stack size exceeded"),
                found.stream()
                        .map(d -> d.severity() + " " + d.file() + ":" + d.line() + ":" + d.column() + " " + d.message())
                        .toList());
        assertEquals("""
                In file included from dir with space/a.bpf.c:1:
                In file included from ./b.h:2:
                ./c.h:3:9: warning: 'X' macro redefined [-Wmacro-redefined]
                    3 | #define X 2
                      |         ^""", found.getFirst().rendered());
        assertEquals(Severity.FATAL, found.getLast().severity());
    }

    @Test
    void theMakeRuleIsTakenOutFromBetween() {
        DependencyOutput output = DependencyOutput.split("""
                a.c:1:2: warning: one
                ebpf4j-dependencies: a.c \\
                  /usr/with\\ space/b$$.h \\
                  /x/\\#c.h
                a.c:1:3: warning: two
                """);
        assertEquals(
                List.of(Path.of("a.c"), Path.of("/usr/with space/b$.h"), Path.of("/x/#c.h")), output.dependencies());
        assertEquals("a.c:1:2: warning: one\na.c:1:3: warning: two\n", output.rest());
    }
}
