package dev.ebpf4j.error;

import dev.ebpf4j.btf.CloseNames;
import java.util.List;

/** A program, map or variable that was asked for by name does not exist; the message names those that do. */
public final class MissingObjectException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int NAMES_SHOWN = 20;

    /** The name that was asked for. */
    private final String name;

    /**
     * Creates the exception.
     *
     * @param where what was searched, such as {@code object 'bootstrap'}
     * @param kind what was looked for, such as {@code map}
     * @param name the name that was asked for
     * @param present the names that exist
     */
    public MissingObjectException(String where, String kind, String name, List<String> present) {
        this(name, where + " has no " + kind + " '" + name + "'; " + describe(kind, name, present));
    }

    /**
     * Creates the exception.
     *
     * @param name the name that was asked for
     * @param message what was searched and why the name is not there
     */
    public MissingObjectException(String name, String message) {
        super(message);
        this.name = name;
    }

    /** {@return the name that was asked for} */
    public String name() {
        return name;
    }

    private static String describe(String kind, String name, List<String> present) {
        if (present.isEmpty()) {
            return "it has no " + kind + " at all";
        }
        if (present.size() <= NAMES_SHOWN) {
            return "it has " + String.join(", ", present);
        }
        List<String> close = CloseNames.closest(name, present);
        List<String> shown = close.isEmpty() ? present.subList(0, NAMES_SHOWN) : close;
        return "it has " + String.join(", ", shown) + " and " + (present.size() - shown.size()) + " more";
    }
}
