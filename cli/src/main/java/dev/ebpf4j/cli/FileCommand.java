package dev.ebpf4j.cli;

import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.elf.ElfFormatException;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What commands about object files share: they go on after a bad one, and exit with the worst code of all. */
abstract class FileCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    private int exitCode = Main.OK;

    /** The object in a file; null, and said, if it can't be read. */
    final @Nullable ObjectSpec read(Path file) {
        try {
            return ElfReader.read(file);
        } catch (IOException | ElfFormatException | BtfFormatException e) {
            complain(Failures.words(e), Main.UNUSABLE);
            unreadable(file, Failures.words(e));
            return null;
        }
    }

    /** Notes a file that can't be read in what is shown. */
    void unreadable(Path file, String words) {}

    final void complain(String words, int code) {
        out().flush();
        err().println(command().qualifiedName() + ": " + words);
        atLeast(code);
    }

    final void atLeast(int code) {
        exitCode = Math.max(exitCode, code);
    }

    final int exitCode() {
        return exitCode;
    }

    final PrintWriter out() {
        return command().commandLine().getOut();
    }

    final PrintWriter err() {
        return command().commandLine().getErr();
    }

    final CommandSpec command() {
        if (command == null) {
            throw new IllegalStateException("picocli sets the command before it calls it");
        }
        return command;
    }
}
