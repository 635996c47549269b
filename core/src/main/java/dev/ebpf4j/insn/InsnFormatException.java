package dev.ebpf4j.insn;

/** The bytes or slots given are not whole instructions. The message says at which byte or slot, and what was expected. */
public final class InsnFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception; {@code message} says where, what was found, and what was expected.
     *
     * @param message where, what was found, and what was expected
     */
    public InsnFormatException(String message) {
        super(message);
    }
}
