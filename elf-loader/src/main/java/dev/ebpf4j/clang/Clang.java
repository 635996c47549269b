package dev.ebpf4j.clang;

import dev.ebpf4j.clang.ClangProcess.Result;
import dev.ebpf4j.clang.CompileRequest.Source;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A clang that compiles C to BPF objects, run as a process. Source and object travel through pipes: no temporary file
 * exists at any time. Immutable, for any number of threads at once.
 */
public final class Clang {

    /** The oldest major version whose BPF target makes the BTF and CO-RE records that we need. */
    static final int MIN_VERSION = 12;

    private static final String STDIN = "<stdin>";
    private static final Pattern STDIN_PLACE = Pattern.compile("(?m)(?<=^|^In file included from )<stdin>(?=:\\d)");

    private final Path executable;
    private final ClangFacts facts;
    private final CacheDirectory cache;

    Clang(Path executable, ClangFacts facts, CacheDirectory cache) {
        this.executable = executable;
        this.facts = facts;
        this.cache = cache;
    }

    /**
     * Finds a clang, in this order: the system property {@code ebpf4j.clang}; the environment variable
     * {@code EBPF4J_CLANG}; {@code clang}, then the newest {@code clang-NN}, on the {@code PATH}; the first
     * {@link ClangProvider} that has one. A setting is binding: if it does not work, nothing else is tried.
     *
     * @return a clang of version 12 or newer that has the BPF target
     * @throws ClangNotFoundException if there is none; the message lists the places and what to install
     */
    public static Clang find() {
        return ClangFinder.ofSystem().find();
    }

    /**
     * Uses this clang and no other.
     *
     * @param executable the program, or a bare name to look up on the {@code PATH}
     * @return the clang
     * @throws ClangNotFoundException if it is missing, older than version 12, or without the BPF target
     */
    public static Clang at(Path executable) {
        return ClangFinder.ofSystem().explicit(executable.toString(), "the path given");
    }

    /**
     * The program that runs.
     *
     * @return its path
     */
    public Path executable() {
        return executable;
    }

    /**
     * The version as clang tells it.
     *
     * @return the first line of {@code clang --version}
     */
    public String version() {
        return facts.version();
    }

    /**
     * The major version.
     *
     * @return 12 or more
     */
    public int majorVersion() {
        return facts.major();
    }

    /**
     * Compiles one C source with {@code -O2 -g} to a BPF object. Headers are searched in the request's directories, then
     * in ebpf4j's own ({@code bpf/bpf_helpers.h} and its companions, {@code vmlinux.h}), then in clang's and the
     * system's. Blocks until clang ends; an interrupt kills it.
     *
     * @param request what to compile and how
     * @return the object and any warnings
     * @throws ClangException if the source has errors, or clang cannot be run
     * @throws ClangTimeoutException if clang did not end in time; it was killed with its children
     */
    public CompiledObject compile(CompileRequest request) {
        List<String> command = command(request);
        Result result = ClangProcess.run(command, request.directory(), input(request.source()), request.timeout());
        DependencyOutput output = DependencyOutput.split(withSourceName(result.stderr(), request.source()));
        List<Diagnostic> diagnostics = DiagnosticParser.parse(output.rest());
        if (result.exit() != 0 || result.stdout().length == 0) {
            throw failure(request, result.exit(), diagnostics, output.rest());
        }
        return new CompiledObject(result.stdout(), diagnostics, output.dependencies());
    }

    private List<String> command(CompileRequest request) {
        List<String> command = new ArrayList<>();
        command.add(executable.toString());
        command.add("--target=" + (request.byteOrder() == ByteOrder.LITTLE_ENDIAN ? "bpfel" : "bpfeb"));
        command.addAll(List.of("-O2", "-g", "-c", "-o", "-", "-fno-color-diagnostics", "-fno-stack-protector"));
        request.cpu().ifPresent(cpu -> command.add("-mcpu=" + cpu));
        command.add("-D" + request.arch().define());
        request.includes().forEach(directory -> command.add("-I" + directory));
        Headers.directories(request, cache).forEach(directory -> command.add("-I" + directory));
        addMachineHeaders(request.arch(), command);
        if (request.dependencies()) {
            command.addAll(DependencyOutput.ARGUMENTS);
        }
        command.addAll(request.arguments());
        command.addAll(sourceArguments(request.source()));
        return command;
    }

    /** The BPF target does not look where Debian keeps asm/types.h, which linux/bpf.h includes. */
    private static void addMachineHeaders(TargetArch arch, List<String> command) {
        Path directory = Path.of("/usr/include", arch.multiarch());
        if (Files.isDirectory(directory)) {
            command.addAll(List.of("-idirafter", directory.toString()));
        }
    }

    private static List<String> sourceArguments(Source source) {
        return switch (source) {
            // Line records of piped C find their source lines only when the debug information carries the text.
            case Source.Text text ->
                List.of("-gdwarf-5", "-gembed-source", "-ffile-prefix-map=" + STDIN + "=" + text.name(), "-xc", "-");
            case Source.File file -> List.of("-xc", plainArgument(file.path().toString()));
        };
    }

    /** A file whose name looks like an option. */
    private static String plainArgument(String path) {
        return path.startsWith("-") ? "./" + path : path;
    }

    private static byte[] input(Source source) {
        return switch (source) {
            case Source.Text text -> text.text().getBytes(StandardCharsets.UTF_8);
            case Source.File file -> new byte[0];
        };
    }

    /** Diagnostics name piped C by the pipe. */
    private static String withSourceName(String stderr, Source source) {
        return switch (source) {
            case Source.Text text -> STDIN_PLACE.matcher(stderr).replaceAll(Matcher.quoteReplacement(text.name()));
            case Source.File file -> stderr;
        };
    }

    private ClangException failure(CompileRequest request, int exit, List<Diagnostic> diagnostics, String stderr) {
        long errors = diagnostics.stream().filter(Diagnostic::isError).count();
        String name = request.source().displayName();
        if (errors == 0) {
            return new ClangException(
                    executable + " ended with status " + exit + " and no object for " + name + ":\n" + stderr.strip(),
                    diagnostics);
        }
        StringBuilder message = new StringBuilder(name)
                .append(errors == 1 ? ": 1 error from " : ": " + errors + " errors from ")
                .append(executable);
        diagnostics.forEach(diagnostic -> message.append('\n').append(diagnostic.rendered()));
        return new ClangException(message.toString(), diagnostics);
    }

    @Override
    public String toString() {
        return facts.version() + " (" + executable + ")";
    }
}
