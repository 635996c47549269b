package dev.ebpf4j.attach;

import dev.ebpf4j.spec.ProgramType;
import java.util.Objects;
import java.util.Set;

/**
 * A tracepoint with the arguments that its format file shows: {@code /sys/kernel/tracing/events/category/name/format}.
 *
 * @param category such as {@code syscalls}
 * @param name such as {@code sys_enter_execve}
 * @kernel 4.7
 */
public record Tracepoint(String category, String name) implements AttachTarget {
    /**
     * Checks both names.
     *
     * @throws IllegalArgumentException if one is empty or contains a slash
     */
    public Tracepoint {
        Objects.requireNonNull(category);
        Objects.requireNonNull(name);
        if (category.isEmpty() || name.isEmpty() || category.contains("/") || name.contains("/")) {
            throw new IllegalArgumentException("a tracepoint is a category and a name, such as syscalls and"
                    + " sys_enter_execve; found '" + category + "' and '" + name + "'");
        }
    }

    /**
     * {@return the tracepoint written as in a section name: {@code category/name}; a colon will do as well}
     *
     * @param text the tracepoint
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Tracepoint parse(String text) {
        int split = Math.max(text.indexOf('/'), text.indexOf(':'));
        return split < 0
                ? new Tracepoint(text, "")
                : new Tracepoint(text.substring(0, split), text.substring(split + 1));
    }

    @Override
    public Set<ProgramType> programTypes() {
        return Set.of(ProgramType.TRACEPOINT);
    }

    @Override
    public String toString() {
        return "tracepoint " + category + "/" + name;
    }
}
