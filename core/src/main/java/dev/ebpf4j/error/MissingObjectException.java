package dev.ebpf4j.error;

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
        super(where + " has no " + kind + " '" + name + "'; " + describe(kind, present));
        this.name = name;
    }

    /** {@return the name that was asked for} */
    public String name() {
        return name;
    }

    private static String describe(String kind, List<String> present) {
        if (present.isEmpty()) {
            return "it has no " + kind + " at all";
        }
        List<String> shown = present.subList(0, Math.min(present.size(), NAMES_SHOWN));
        int more = present.size() - shown.size();
        return "it has " + String.join(", ", shown) + (more > 0 ? " and " + more + " more" : "");
    }
}
