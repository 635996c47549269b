package dev.ebpf4j.kernel;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.attach.TracingRawTp;
import dev.ebpf4j.attacher.AttachRequest;
import dev.ebpf4j.attacher.Attachers;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A program that the kernel has accepted. Whoever opened it closes it; one that was loaded belongs to its {@link
 * LoadedObject}, which closes it and what is left of its links. Safe for many threads.
 */
public final class Program implements AutoCloseable {
    private final Sys sys;
    private final Advice advice;
    private final String name;
    private final ProgramType type;
    private final @Nullable ProgramSpec spec;
    private final Fd fd;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();

    /** Takes over {@code fd}. */
    Program(Sys sys, Advice advice, ProgramSpec spec, Fd fd) {
        this(sys, advice, spec.name(), spec.type(), spec, fd);
    }

    private Program(Sys sys, Advice advice, String name, ProgramType type, @Nullable ProgramSpec spec, Fd fd) {
        this.sys = sys;
        this.advice = advice;
        this.name = name;
        this.type = type;
        this.spec = spec;
        this.fd = fd;
    }

    /**
     * Opens a program by its pin.
     *
     * @param path where it is pinned, in a file system of type bpf
     * @return the program, to be closed by the caller
     * @throws BpfException if the kernel refuses
     * @throws IllegalArgumentException if something else is pinned there
     */
    public static Program openPinned(String path) {
        return opened(ProgramCalls.openPinned(Sys.host(), path), "what is pinned at " + path);
    }

    /**
     * Opens a program by its number.
     *
     * @param id as {@link ProgramInfo#id} gives it
     * @return the program, to be closed by the caller
     * @throws BpfException if there is no such program, or the process may not open programs by number (CAP_SYS_ADMIN)
     */
    public static Program byId(int id) {
        return opened(ProgramCalls.byId(Sys.host(), id), "the program with id " + id);
    }

    /**
     * Takes over a descriptor of a program, as another process may have passed it.
     *
     * @param fd the descriptor, from now on owned by the result, also when this throws; at least 3
     * @return the program, to be closed by the caller
     * @throws BpfException if it is no descriptor
     * @throws IllegalArgumentException if it is no program's
     */
    public static Program adopt(int fd) {
        return opened(new Fd(Sys.host(), fd), "descriptor " + fd);
    }

    private static Program opened(Fd fd, String what) {
        try {
            ProgramCalls.checkIsProgram(fd.fd(), what);
            Sys sys = Sys.host();
            ProgramInfo info = ProgramInfo.of(sys, fd.fd(), what);
            return new Program(sys, Advice.of(sys), info.name(), info.type(), null, fd);
        } catch (Throwable t) {
            fd.close();
            throw t;
        }
    }

    /**
     * {@return a second handle of the same program, with a descriptor of its own; the caller closes it, and it lives on when
     * this one is closed}
     *
     * @throws BpfException if the process has no descriptor left
     * @throws IllegalStateException after {@link #close}
     */
    public Program duplicate() {
        return new Program(sys, advice, name, type, spec, ProgramCalls.duplicate(sys, fd(), name));
    }

    /** {@return the name as the object spells it; as the kernel keeps it, for a program that was opened} */
    public String name() {
        return name;
    }

    /** {@return the type} */
    public ProgramType type() {
        return type;
    }

    /** {@return the spec that the program was made from; empty for a program that was opened} */
    public Optional<ProgramSpec> spec() {
        return Optional.ofNullable(spec);
    }

    /**
     * {@return the descriptor, which stays this object's}
     *
     * @throws IllegalStateException after {@link #close}
     */
    public int fd() {
        if (!fd.isOpen()) {
            throw new IllegalStateException("program '" + name + "' is closed");
        }
        return fd.fd();
    }

    /**
     * {@return what the kernel says of the program now}
     *
     * @throws BpfException if the kernel refuses
     * @throws IllegalStateException after {@link #close}
     */
    public ProgramInfo info() {
        return ProgramInfo.of(sys, fd(), name);
    }

    /**
     * {@return the code as the kernel rewrote it and as the processor runs it, with functions and source lines}
     *
     * @throws BpfException if the kernel refuses
     * @throws IllegalStateException after {@link #close}
     */
    public ProgramDump dump() {
        return ProgramCalls.dump(sys, fd(), name);
    }

    /**
     * Runs the program without attaching it.
     *
     * @param run what to run it with
     * @return what came out
     * @throws BpfException if the kernel refuses, also because programs of this type can't be run so
     * @throws IllegalStateException after {@link #close}
     * @kernel 4.12
     */
    public TestRunResult testRun(TestRun run) {
        return new TestRunner(sys, name, type).run(fd(), run);
    }

    /**
     * Measures how long the program takes. For types of program that the kernel repeats: those that see packets.
     *
     * @param run what to run it with; how often is up to the measurement
     * @param length how long to measure in all
     * @return the figures
     * @throws BpfException if the kernel refuses, also because programs of this type can't be repeated so
     * @throws IllegalStateException after {@link #close}
     * @kernel 4.12
     */
    public Benchmark benchmark(TestRun run, Duration length) {
        return Benchmark.of(this, run, length);
    }

    /**
     * {@return what the program printed by {@code bpf_stream_printk(BPF_STDOUT, …)} and nobody has taken yet}
     *
     * @throws dev.ebpf4j.error.UnsupportedFeatureException if the kernel has no such streams
     * @throws IllegalStateException after {@link #close}
     * @kernel 6.17
     */
    public String takeOutput() {
        return ProgramStreams.take(sys, fd(), name, ProgramStreams.STDOUT);
    }

    /**
     * {@return what the program printed to {@code BPF_STDERR}, and the kernel there about its faults, and nobody has taken
     * yet}
     *
     * @throws dev.ebpf4j.error.UnsupportedFeatureException if the kernel has no such streams
     * @throws IllegalStateException after {@link #close}
     * @kernel 6.17
     */
    public String takeErrors() {
        return ProgramStreams.take(sys, fd(), name, ProgramStreams.STDERR);
    }

    /**
     * Pins the program, so that it stays when this handle is closed.
     *
     * @param path a file that does not exist, in a file system of type bpf
     * @throws BpfException if the kernel refuses
     * @throws IllegalStateException after {@link #close}
     */
    public void pin(String path) {
        new Pins(sys).pinNew(fd(), "program '" + name + "'", path);
    }

    /**
     * Attaches the program to what its section names.
     *
     * @return the link; closing it detaches, and so does closing the object
     * @throws BpfException if the kernel refuses
     * @throws IllegalStateException if the section names no target, or after {@link #close}
     */
    public Link attach() {
        return attach(targetOfSection());
    }

    /**
     * Attaches the program. A program may be attached to several targets.
     *
     * @param target where
     * @return the link; closing it detaches, and so does closing the object
     * @throws BpfException if the kernel refuses
     * @throws IllegalArgumentException if programs of this type can't be attached there
     * @throws IllegalStateException after {@link #close}
     */
    public Link attach(AttachTarget target) {
        if (!target.programTypes().contains(type())) {
            throw new IllegalArgumentException("program '" + name + "' is of type " + type() + "; " + target
                    + " takes programs of type "
                    + target.programTypes().stream()
                            .map(ProgramType::name)
                            .sorted()
                            .collect(Collectors.joining(" or ")));
        }
        try {
            Link link = Attachers.attach(new AttachRequest(sys, fd(), name(), target));
            links.removeIf(known -> !known.isOpen());
            links.add(link);
            return link;
        } catch (BpfException e) {
            throw advice.attach(e);
        }
    }

    private AttachTarget targetOfSection() {
        if (spec == null) {
            throw new IllegalStateException("program '" + name
                    + "' was opened, so that nothing is known of its section;" + " use attach(AttachTarget)");
        }
        String to = spec.attachTo();
        if (!to.isEmpty()) {
            switch (type) {
                case TRACEPOINT -> {
                    return Tracepoint.parse(to);
                }
                case RAW_TRACEPOINT, RAW_TRACEPOINT_WRITABLE -> {
                    return new RawTracepoint(to);
                }
                case TRACING -> {
                    if (spec.attachType() == AttachType.TRACE_RAW_TP) {
                        return new TracingRawTp();
                    }
                }
                default -> {}
            }
        }
        throw new IllegalStateException("the section '" + spec.section() + "' of program '" + name()
                + "' names nothing that ebpf4j can attach it to; use attach(AttachTarget)");
    }

    /** The links that are still open. */
    List<Link> openLinks() {
        return new ArrayList<>(links);
    }

    /** Detaches and closes the program; a second call does nothing. Maps of the object stay open. */
    @Override
    public void close() {
        Closing.closeLinks(openLinks());
        fd.close();
    }

    @Override
    public String toString() {
        return "program '" + name + "' (" + type() + ", " + fd + ")";
    }
}
