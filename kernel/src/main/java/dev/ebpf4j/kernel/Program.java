package dev.ebpf4j.kernel;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.attach.TracingRawTp;
import dev.ebpf4j.attacher.AttachRequest;
import dev.ebpf4j.attacher.Attachers;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A program that the kernel has accepted. Belongs to its {@link LoadedObject}, which closes it and what is left of its
 * links. Safe for many threads.
 */
public final class Program implements AutoCloseable {
    private final Sys sys;
    private final Advice advice;
    private final ProgramSpec spec;
    private final Fd fd;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();

    /** Takes over {@code fd}. */
    Program(Sys sys, Advice advice, ProgramSpec spec, Fd fd) {
        this.sys = sys;
        this.advice = advice;
        this.spec = spec;
        this.fd = fd;
    }

    /** {@return the name as the object spells it} */
    public String name() {
        return spec.name();
    }

    /** {@return the type} */
    public ProgramType type() {
        return spec.type();
    }

    /** {@return the spec that the program was made from} */
    public ProgramSpec spec() {
        return spec;
    }

    /**
     * {@return the descriptor, which stays this object's}
     *
     * @throws IllegalStateException after {@link #close}
     */
    public int fd() {
        if (!fd.isOpen()) {
            throw new IllegalStateException("program '" + name() + "' is closed");
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
        return ProgramInfo.of(sys, fd(), name());
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
            throw new IllegalArgumentException("program '" + name() + "' is of type " + type() + "; " + target
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
        String name = spec.attachTo();
        if (!name.isEmpty()) {
            switch (type()) {
                case TRACEPOINT -> {
                    return Tracepoint.parse(name);
                }
                case RAW_TRACEPOINT, RAW_TRACEPOINT_WRITABLE -> {
                    return new RawTracepoint(name);
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
        return "program '" + name() + "' (" + type() + ", " + fd + ")";
    }
}
