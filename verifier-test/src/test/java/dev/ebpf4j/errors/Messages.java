package dev.ebpf4j.errors;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.function.Executable;

/** Assertions about what a user reads. */
final class Messages {
    private static final String ANYTHING = "…";

    private Messages() {}

    /**
     * Asserts that an action fails, and how the message begins.
     *
     * @param type the exception's class or a superclass
     * @param expected the first lines; {@code …} stands for any characters of one line, such as a type id
     * @param action what fails
     */
    static <T extends Throwable> T assertFails(Class<T> type, String expected, Executable action) {
        T failure = assertThrows(type, action);
        assertBegins(expected, String.valueOf(failure.getMessage()));
        return failure;
    }

    static void assertBegins(String expected, String message) {
        String[] wanted = expected.stripTrailing().split("\n", -1);
        String[] lines = message.split("\n", -1);
        for (int i = 0; i < wanted.length; i++) {
            String line = i < lines.length ? lines[i].stripTrailing() : "";
            assertTrue(
                    pattern(wanted[i]).matcher(line).matches(), () -> "expected\n" + expected + "\nfound\n" + message);
        }
    }

    private static Pattern pattern(String wanted) {
        return Pattern.compile(
                Arrays.stream(wanted.split(ANYTHING, -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }
}
