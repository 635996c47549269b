package dev.ebpf4j.link;

/**
 * An object can't be fitted to this kernel, or not at all: the message names the object, the program, and what is
 * missing or wrong.
 */
public final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public LinkException(String message) {
        super(message);
    }
}
