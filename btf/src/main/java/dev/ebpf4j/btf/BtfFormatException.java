package dev.ebpf4j.btf;

import java.io.Serial;

/**
 * The bytes of a BTF or BTF.ext section, or a reference into them, break the format.
 *
 * <p>This is the only exception that bad input gives: it is never the kernel's answer.
 */
public final class BtfFormatException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The part that is wrong. */
    private final String part;

    /** Byte offset in the part, or -1. */
    private final long offset;

    /**
     * Names the place, what stands there, and what should.
     *
     * @param part the part of the input, such as {@code header}, {@code types}, {@code strings} or {@code line_info}
     * @param offset byte offset in that part, or -1 when no single byte is at fault
     * @param found what was found
     * @param expected what the format asks for
     */
    public BtfFormatException(String part, long offset, String found, String expected) {
        super("BTF " + part + (offset < 0 ? "" : " at byte " + offset) + ": found " + found + ", expected " + expected);
        this.part = part;
        this.offset = offset;
    }

    private BtfFormatException(String where, BtfFormatException that) {
        super(where + ": " + that.getMessage(), that);
        this.part = that.part;
        this.offset = that.offset;
    }

    /**
     * {@return the same, whose message begins with where the bytes came from}
     *
     * @param where such as a path
     */
    public BtfFormatException in(String where) {
        return new BtfFormatException(where, this);
    }

    /**
     * The part of the input that is wrong.
     *
     * @return a short name such as {@code types}
     */
    public String part() {
        return part;
    }

    /**
     * Where in the part.
     *
     * @return byte offset in {@link #part()}, or -1
     */
    public long offset() {
        return offset;
    }
}
