package dev.ebpf4j.clang;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * There is no object: the C source has errors, or clang could not do its work. The message carries clang's own text.
 */
public class ClangException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What clang said; empty when it could not say anything. */
    private final transient List<Diagnostic> diagnostics;

    ClangException(String message, List<Diagnostic> diagnostics) {
        super(message);
        this.diagnostics = diagnostics;
    }

    ClangException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.diagnostics = List.of();
    }

    /** {@return what went wrong, clang's own text included; never null} */
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    /**
     * Everything that clang said, in its order: warnings and notes too.
     *
     * @return the diagnostics; empty when clang did not get to read the source
     */
    @SuppressWarnings("NullAway") // null only in a deserialised copy
    public List<Diagnostic> diagnostics() {
        return diagnostics == null ? List.of() : diagnostics;
    }

    /**
     * The errors alone.
     *
     * @return the diagnostics that prevented the object
     */
    public List<Diagnostic> errors() {
        return diagnostics().stream().filter(Diagnostic::isError).toList();
    }
}
