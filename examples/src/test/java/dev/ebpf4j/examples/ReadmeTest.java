package dev.ebpf4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows is what compiles. */
class ReadmeTest {
    private static final Path SOURCE = Path.of("src/main/java/dev/ebpf4j/examples/ReadmeExample.java");

    @Test
    void showsTheProgramThatCompiles() throws IOException {
        String shown = between(Files.readString(Path.of("../README.md")), "```java\n", "```");
        String compiled =
                between(Files.readString(SOURCE), "// snippet\n", "// end").stripIndent();
        assertEquals(compiled, shown);
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        return text.substring(start, text.indexOf(to, start));
    }
}
