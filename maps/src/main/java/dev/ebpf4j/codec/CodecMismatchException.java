package dev.ebpf4j.codec;

/** A Java type does not fit the C type of a map's bytes; the message shows both layouts, side by side. */
public final class CodecMismatchException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what does not fit.
     *
     * @param message whose bytes, and both layouts
     */
    public CodecMismatchException(String message) {
        super(message);
    }
}
