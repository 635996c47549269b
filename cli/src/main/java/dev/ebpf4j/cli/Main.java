package dev.ebpf4j.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command {@code ebpf4j}. */
@Command(
        name = "ebpf4j",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Looks into eBPF object files and asks this machine's kernel about them.",
        subcommands = {ObjectCommand.class, VeristatCommand.class, HelpCommand.class})
public final class Main {
    /** Everything was fine. */
    static final int OK = 0;

    /** The kernel refused a program, or a comparison found something worse. */
    static final int FAILED = 1;

    /** The command line was wrong, or a file could not be read, or the machine can't do what was asked. */
    static final int UNUSABLE = 2;

    private Main() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(out, err, args);
        out.flush();
        System.exit(code);
    }

    /** Runs a command. What goes wrong is told on {@code err}; only a mistake in ebpf4j itself shows a stack trace. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (Failures.isExpected(failure)) {
                        err.println(command.getCommandSpec().qualifiedName() + ": " + Failures.words(failure));
                    } else {
                        failure.printStackTrace(err);
                    }
                    return UNUSABLE;
                })
                .execute(args);
    }
}
