package dev.ebpf4j.clang;

import java.util.List;

/** Clang did not finish in the time given; it and its children were killed. */
public final class ClangTimeoutException extends ClangException {

    private static final long serialVersionUID = 1L;

    ClangTimeoutException(String message) {
        super(message, List.of());
    }
}
