package dev.ebpf4j.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The kernel refused something. The message says which operation, on which object, the error's name and number, and,
 * only where the cause was verified, what to do about it.
 */
public class BpfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What was tried. */
    private final String operation;

    /** The kernel's answer. */
    private final Errno errno;

    /**
     * Creates the exception.
     *
     * @param operation what was tried and on what, such as {@code create map 'events'}
     * @param errno the kernel's answer
     */
    public BpfException(String operation, Errno errno) {
        this(operation, errno, "");
    }

    /**
     * Creates the exception.
     *
     * @param operation what was tried and on what, such as {@code create map 'events'}
     * @param errno the kernel's answer
     * @param advice the verified cause and its cure; empty if the cause is not known
     */
    public BpfException(String operation, Errno errno, String advice) {
        super("can't " + operation + ": " + errno + (advice.isEmpty() ? "" : "\n  " + advice));
        this.operation = operation;
        this.errno = errno;
    }

    /**
     * Creates an exception with a message of its own.
     *
     * @param operation what was tried and on what
     * @param errno the kernel's answer
     * @param message the whole message
     * @param cause what led to it, or null
     */
    protected BpfException(String operation, Errno errno, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.operation = operation;
        this.errno = errno;
    }

    /**
     * {@return the result of a system call that went well}
     *
     * @param result what the call gave, or {@code -errno}
     * @param operation what was tried and on what
     * @throws BpfException if the kernel refused
     */
    public static long checked(long result, String operation) {
        if (result < 0) {
            throw new BpfException(operation, Errno.of(result));
        }
        return result;
    }

    /** {@return what was tried and on what} */
    public String operation() {
        return operation;
    }

    /** {@return the kernel's answer} */
    public Errno errno() {
        return errno;
    }

    /** {@return the whole message} */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage(), "every constructor gives a message");
    }
}
