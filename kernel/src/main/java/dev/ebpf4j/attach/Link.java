package dev.ebpf4j.attach;

import java.util.OptionalInt;

/**
 * A program at work at one place, until closed. Closing detaches; a second close does nothing. Safe for many threads.
 *
 * <p>A link of a tracepoint takes some 70 ms to close, because the kernel waits until no CPU runs the program any more.
 */
public interface Link extends AutoCloseable {
    /** The way by which the kernel holds a program in place. */
    enum Mechanism {
        /** A link object of its own, made by {@code BPF_LINK_CREATE}. */
        BPF_LINK,
        /** A link made by {@code BPF_RAW_TRACEPOINT_OPEN}; for {@code tp_btf} the fallback of kernels before 5.11. */
        RAW_TRACEPOINT_OPEN,
        /** A perf event that was told the program by ioctl(2): the fallback of kernels before 5.15. */
        PERF_EVENT_IOCTL,
        /** Kernel operations that were put into force by writing their map: those of a section {@code .struct_ops}. */
        MAP_UPDATE
    }

    /** {@return where the program is attached} */
    AttachTarget target();

    /** {@return the way that was taken} */
    Mechanism mechanism();

    /**
     * {@return the kernel's number of the link; empty if this mechanism has none}
     *
     * @throws IllegalStateException after {@link #close}
     */
    OptionalInt id();

    /**
     * Pins the link, so that the program stays attached after {@link #close} and after this process, until the pin is
     * removed. Missing directories are made, for their owner alone.
     *
     * @param path a new name in a file system of type bpf; the kernel takes none with dots
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, for instance with EEXIST
     * @throws UnsupportedOperationException if this mechanism makes no link that could be pinned
     * @throws IllegalStateException after {@link #close}
     * @kernel 5.7
     */
    void pin(String path);

    /** {@return whether {@link #close} has not been called} */
    boolean isOpen();

    /** Detaches the program, unless a pin or another handle keeps the link. */
    @Override
    void close();
}
