package dev.ebpf4j.clang;

/**
 * One thing that clang said about a source.
 *
 * @param severity how bad it is
 * @param file the file as clang names it, or {@code ""} when the message has no place (a bad option, a back-end error)
 * @param line the line from 1, or 0 without a place
 * @param column the byte column from 1, or 0 without a place
 * @param message the message alone, with the warning flag that clang appends
 * @param rendered clang's whole text: include stack, header line, source line and caret, without a final newline
 */
public record Diagnostic(Severity severity, String file, int line, int column, String message, String rendered) {

    /** How bad a diagnostic is. */
    public enum Severity {
        /** Belongs to the diagnostic before it. */
        NOTE,
        /** An optimisation remark. */
        REMARK,
        /** The object is made nevertheless. */
        WARNING,
        /** There is no object. */
        ERROR,
        /** There is no object, and clang stopped here. */
        FATAL
    }

    /**
     * Tells whether this one prevents an object.
     *
     * @return true for errors and fatal errors
     */
    public boolean isError() {
        return severity == Severity.ERROR || severity == Severity.FATAL;
    }

    @Override
    public String toString() {
        return rendered;
    }
}
