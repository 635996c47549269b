package dev.ebpf4j.cli;

import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.elf.ElfFormatException;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.link.LinkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Which exceptions are answers, and how they are told. */
final class Failures {
    private Failures() {}

    /** Whether this is an answer to the user rather than a mistake in ebpf4j. */
    static boolean isExpected(Throwable failure) {
        return switch (failure) {
            case ElfFormatException _,
                    BtfFormatException _,
                    LinkException _,
                    BpfException _,
                    MissingObjectException _,
                    UnsupportedOperationException _,
                    IOException _,
                    UncheckedIOException _ -> true;
            default -> false;
        };
    }

    /** The words of an exception; those of the file system say little more than a name. */
    static String words(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException e -> e.getFile() + ": no such file";
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case UncheckedIOException e when e.getCause() != null -> words(e.getCause());
            default -> String.valueOf(failure.getMessage());
        };
    }
}
