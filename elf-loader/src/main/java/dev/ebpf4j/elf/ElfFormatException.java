package dev.ebpf4j.elf;

import java.io.Serial;
import java.util.Objects;

/**
 * The bytes are no BPF object file, break a rule of the format, or hold something that ebpf4j does not read.
 *
 * <p>The message names the section, the offset, what was found and what was expected.
 */
public final class ElfFormatException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Name of the section; empty if the file as a whole is at fault. */
    private final String section;

    /** Offset in the section (or file), or -1. */
    private final long offset;

    /**
     * Names the place, what stands there, and what should.
     *
     * @param section name of the section; empty if the file as a whole is at fault
     * @param offset offset in the section (in the file, without a section) in bytes; -1 if no single byte is at fault
     * @param found what was found
     * @param expected what the format asks for
     */
    public ElfFormatException(String section, long offset, String found, String expected) {
        super("ELF " + (section.isEmpty() ? "file" : "section '" + section + "'")
                + (offset < 0 ? "" : " at byte " + offset) + ": found " + found + ", expected " + expected);
        this.section = section;
        this.offset = offset;
    }

    private ElfFormatException(String where, ElfFormatException that) {
        super(where + ": " + that.getMessage(), that);
        this.section = that.section;
        this.offset = that.offset;
    }

    /**
     * {@return the same, whose message begins with where the bytes came from}
     *
     * @param where such as a path
     */
    public ElfFormatException in(String where) {
        return new ElfFormatException(where, this);
    }

    /** {@return the section, the offset, what was found and what was expected; never null} */
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    /** {@return the name of the section; empty if the file as a whole is at fault} */
    public String section() {
        return section;
    }

    /** {@return the offset in the section, or in the file without a section, in bytes; -1 if no single byte is at fault} */
    public long offset() {
        return offset;
    }
}
