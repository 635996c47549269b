package dev.ebpf4j.cli;

import dev.ebpf4j.kernel.ProgramVerdict;
import dev.ebpf4j.kernel.ProgramVerifier;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Loads each program of each object by itself and shows what the verifier made of it. */
@Command(
        name = "veristat",
        mixinStandardHelpOptions = true,
        description =
                "Loads each program of each object by itself, as the kernel's veristat does, and shows the verdicts.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every program was accepted; --compare: nothing got worse",
            "1:a program was refused; --compare: something got worse",
            "2:wrong usage, a file that is no BPF object, or no right to load programs"
        })
final class VeristatCommand extends FileCommand {
    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Object files.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--object", paramLabel = "GLOB", description = "Only files whose name matches; may be repeated.")
    private List<String> objects = new ArrayList<>();

    @Option(
            names = "--program",
            paramLabel = "GLOB",
            description = "Only programs whose name matches; may be repeated.")
    private List<String> programs = new ArrayList<>();

    @Option(
            names = {"-l", "--log-level"},
            paramLabel = "LEVEL",
            description = "Print the logs of refused programs to standard error: 1 for the branches taken, 2 for every"
                    + " instruction.")
    private int logLevel;

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "CSV",
            description = "Compare two runs, of this command or of the kernel's veristat, by file and program.")
    private List<Path> compared = new ArrayList<>();

    @Option(
            names = "--tolerance",
            paramLabel = "PERCENT",
            description = "--compare: growth up to this is no regression. Default: ${DEFAULT-VALUE}")
    private double tolerance;

    @Mixin
    private RowOptions shown = new RowOptions();

    @Override
    public Integer call() throws IOException {
        if (compared.isEmpty() == files.isEmpty()) {
            throw new ParameterException(
                    command().commandLine(),
                    files.isEmpty() ? "Missing FILE, or --compare" : "--compare takes no FILE");
        }
        if (logLevel < 0 || logLevel > 2) {
            throw new ParameterException(command().commandLine(), "--log-level is 0, 1 or 2, not " + logLevel);
        }
        if (compared.isEmpty()) {
            shown.print(command(), VerdictRow.COLUMNS, verdicts());
        } else {
            compare();
        }
        return exitCode();
    }

    private List<Map<String, @Nullable Object>> verdicts() {
        ProgramVerifier verifier = ProgramVerifier.ofHost().withLogLevel(logLevel);
        FileLabels labels = new FileLabels(files);
        Globs wantedFiles = new Globs(objects);
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Path file : files) {
            if (wantedFiles.pass(FileLabels.name(file))) {
                verify(verifier, file, labels.of(file), rows);
            }
        }
        return rows;
    }

    private void verify(ProgramVerifier verifier, Path file, String label, List<Map<String, @Nullable Object>> rows) {
        ObjectSpec object = read(file);
        if (object == null) {
            return;
        }
        Globs wanted = new Globs(programs);
        for (ProgramSpec program : object.programs()) {
            if (wanted.pass(program.name())) {
                ProgramVerdict verdict = verifier.verify(object, program.name());
                rows.add(VerdictRow.of(label, verdict));
                note(label, verdict);
            }
        }
    }

    private void note(String label, ProgramVerdict verdict) {
        if (verdict.accepted()) {
            return;
        }
        atLeast(Main.FAILED);
        if (logLevel > 0) {
            err().println("log of " + label + " " + verdict.program().name() + ":");
            err().println(
                            verdict.log().text().isBlank()
                                    ? "  (none) " + verdict.reason()
                                    : verdict.log().text());
        }
    }

    private void compare() throws IOException {
        Comparison comparison = Comparison.of(Csv.read(compared.getFirst()), Csv.read(compared.getLast()), tolerance);
        shown.print(command(), Comparison.COLUMNS, comparison.rows());
        err().println(comparison.summary());
        atLeast(comparison.worse() > 0 ? Main.FAILED : Main.OK);
    }
}
