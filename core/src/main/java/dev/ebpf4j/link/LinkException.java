package dev.ebpf4j.link;

import dev.ebpf4j.btf.CloseNames;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * An object can't be fitted to this kernel, or not at all: the message names the object, the program, and what is
 * missing or wrong.
 */
public final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what is wrong, with the names of all that it is about
     */
    public LinkException(String message) {
        super(message);
    }

    /** {@return the message, which is never null} */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** Says that something was not found, and which names are close. */
    static String hint(String wanted, Collection<String> names) {
        List<String> close = CloseNames.closest(wanted, names);
        return close.isEmpty() ? "" : "; close names: " + String.join(", ", close);
    }
}
