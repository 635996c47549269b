package dev.ebpf4j.clang;

import java.util.List;

/** No usable clang on this machine. The message lists every place searched and what to install. */
public final class ClangNotFoundException extends ClangException {

    private static final long serialVersionUID = 1L;

    ClangNotFoundException(String message) {
        super(message, List.of());
    }
}
