package dev.ebpf4j.sys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The owner of one file descriptor: closes it once, whoever asks how often.
 *
 * <p>Safe for several threads, but closing while another thread is in a system call with {@link #fd} is the owner's
 * mistake: the kernel may give the number to somebody else in between.
 */
public final class Fd implements AutoCloseable {
    private static final VarHandle FD = handle();
    private static final int CLOSED = -1;

    private final Sys sys;
    private volatile int fd;

    /**
     * Takes over {@code fd}, a successful result of one of the calls of {@code sys}.
     *
     * @throws IllegalArgumentException where it is below 3: no call of {@link Sys} returns that
     */
    public Fd(Sys sys, long fd) {
        if (fd < 3 || fd > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("not a descriptor to own: " + fd);
        }
        this.sys = sys;
        this.fd = (int) fd;
    }

    /**
     * The number, for the next system call.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public int fd() {
        int now = fd;
        if (now == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return now;
    }

    /** Whether {@link #close} has not been called yet. */
    public boolean isOpen() {
        return fd != CLOSED;
    }

    /** Closes the descriptor; a second call does nothing. close(2) frees the number even where it reports an error. */
    @Override
    public void close() {
        int last = (int) FD.getAndSet(this, CLOSED);
        if (last != CLOSED) {
            sys.close(last);
        }
    }

    @Override
    public String toString() {
        return "fd " + (isOpen() ? Integer.toString(fd) : "closed");
    }

    private static VarHandle handle() {
        try {
            return MethodHandles.lookup().findVarHandle(Fd.class, "fd", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
