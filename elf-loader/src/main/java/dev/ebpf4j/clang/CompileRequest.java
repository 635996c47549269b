package dev.ebpf4j.clang;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One compilation: which C, for which machine, with which options. Immutable; made by its {@link Builder}. */
public final class CompileRequest {

    /** Where the C comes from. */
    public sealed interface Source {

        /**
         * C in memory. Quoted includes are looked up from the working directory of the request.
         *
         * @param name the file name in diagnostics and debug information
         * @param text the C
         */
        record Text(String name, String text) implements Source {}

        /**
         * C in a file.
         *
         * @param path the file, named in diagnostics and debug information as written here
         */
        record File(Path path) implements Source {}

        /**
         * The name in diagnostics.
         *
         * @return the file name
         */
        default String displayName() {
            return switch (this) {
                case Text text -> text.name();
                case File file -> file.path().toString();
            };
        }
    }

    private final Source source;
    private final Path directory;
    private final TargetArch arch;
    private final ByteOrder byteOrder;
    private final Optional<String> cpu;
    private final List<Path> includes;
    private final List<String> arguments;
    private final Optional<VmlinuxHeader> vmlinux;
    private final boolean dependencies;
    private final Duration timeout;

    private CompileRequest(Builder builder) {
        source = builder.source;
        directory = builder.directory;
        arch = builder.arch.orElseThrow(() -> new IllegalStateException("no arch given, and os.arch "
                + System.getProperty("os.arch") + " is not one of " + List.of(TargetArch.values())));
        byteOrder = builder.byteOrder;
        cpu = builder.cpu;
        includes = List.copyOf(builder.includes);
        arguments = List.copyOf(builder.arguments);
        vmlinux = builder.vmlinux;
        dependencies = builder.dependencies;
        timeout = builder.timeout;
    }

    /**
     * Starts a request for a C file.
     *
     * @param path the file
     * @return a builder with this machine's settings
     */
    public static Builder of(Path path) {
        return new Builder(new Source.File(path));
    }

    /**
     * Starts a request for C in memory.
     *
     * @param name the file name for diagnostics and debug information, such as {@code "exec.bpf.c"}
     * @param text the C
     * @return a builder with this machine's settings
     */
    public static Builder of(String name, String text) {
        return new Builder(new Source.Text(name, text));
    }

    /**
     * Where the C comes from.
     *
     * @return the source
     */
    public Source source() {
        return source;
    }

    /**
     * Where clang runs.
     *
     * @return the directory that relative paths start from
     */
    public Path directory() {
        return directory;
    }

    /**
     * The machine traced.
     *
     * @return the machine
     */
    public TargetArch arch() {
        return arch;
    }

    /**
     * The byte order of the object.
     *
     * @return little ({@code bpfel}) or big ({@code bpfeb})
     */
    public ByteOrder byteOrder() {
        return byteOrder;
    }

    /**
     * The instruction set version.
     *
     * @return clang's {@code -mcpu}, or empty for its default
     */
    public Optional<String> cpu() {
        return cpu;
    }

    /**
     * Directories searched for headers before ebpf4j's own.
     *
     * @return the directories in search order
     */
    public List<Path> includes() {
        return includes;
    }

    /**
     * Further arguments, after all others.
     *
     * @return the arguments
     */
    public List<String> arguments() {
        return arguments;
    }

    /**
     * The {@code vmlinux.h} to offer.
     *
     * @return the header, or empty when there is none
     */
    public Optional<VmlinuxHeader> vmlinux() {
        return vmlinux;
    }

    /**
     * Whether to list the files read.
     *
     * @return true if {@link CompiledObject#dependencies()} is wanted
     */
    public boolean dependencies() {
        return dependencies;
    }

    /**
     * How long clang may run.
     *
     * @return the limit
     */
    public Duration timeout() {
        return timeout;
    }

    /** Collects the options of a {@link CompileRequest}; for one thread. */
    public static final class Builder {
        private final Source source;
        private Path directory = Path.of("");
        private Optional<TargetArch> arch = TargetArch.host();
        private ByteOrder byteOrder = ByteOrder.nativeOrder();
        private Optional<String> cpu = Optional.empty();
        private final List<Path> includes = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private Optional<VmlinuxHeader> vmlinux = VmlinuxHeader.ofRunningKernel();
        private boolean dependencies;
        private Duration timeout = Duration.ofMinutes(1);

        private Builder(Source source) {
            this.source = source;
        }

        /**
         * Sets where clang runs; the default is this process's working directory.
         *
         * @param value the directory that relative paths, and quoted includes of C in memory, start from
         * @return this
         */
        public Builder directory(Path value) {
            directory = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Sets the machine traced; the default is this one.
         *
         * @param value the machine
         * @return this
         */
        public Builder arch(TargetArch value) {
            arch = Optional.of(value);
            return this;
        }

        /**
         * Sets the byte order of the object; the default is this machine's.
         *
         * @param value the order
         * @return this
         */
        public Builder byteOrder(ByteOrder value) {
            byteOrder = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Sets the instruction set; clang's default is {@code v1} up to clang 19 and {@code v3} from clang 20 on.
         *
         * @param value {@code v1} to {@code v4}
         * @return this
         */
        public Builder cpu(String value) {
            cpu = Optional.of(value);
            return this;
        }

        /**
         * Adds a header directory. These come before ebpf4j's headers, so a file of the same name here wins.
         *
         * @param value the directory
         * @return this
         */
        public Builder include(Path value) {
            includes.add(Objects.requireNonNull(value));
            return this;
        }

        /**
         * Adds clang arguments, after all others.
         *
         * @param values such as {@code "-DVERBOSE=1"}, {@code "-Wall"}
         * @return this
         */
        public Builder arguments(String... values) {
            arguments.addAll(List.of(values));
            return this;
        }

        /**
         * Sets the {@code vmlinux.h}; the default is the running kernel's, or none where it has no BTF.
         *
         * @param value the header
         * @return this
         */
        public Builder vmlinux(VmlinuxHeader value) {
            vmlinux = Optional.of(value);
            return this;
        }

        /**
         * Asks for the list of files read, for incremental builds.
         *
         * @return this
         */
        public Builder dependencies() {
            dependencies = true;
            return this;
        }

        /**
         * Sets how long clang may run; the default is one minute.
         *
         * @param value the limit; clang and its children are killed when it has passed
         * @return this
         */
        public Builder timeout(Duration value) {
            timeout = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Ends the request.
         *
         * @return the request
         * @throws IllegalStateException if this machine is unknown and no {@link #arch} was given
         */
        public CompileRequest build() {
            return new CompileRequest(this);
        }
    }
}
