package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The wait for records: one epoll descriptor over all rings, and an event descriptor by which other threads end a wait. One
 * thread at a time waits.
 */
final class Waiting {
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EFD_NONBLOCK = 0x800;

    private final Sys sys;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment counter = arena.allocateFrom(JAVA_LONG, 1);
    // Which rings are ready is of no interest: all of them are looked at.
    private final EpollEvents events;
    private final Interruption interruption = new Interruption(this::signal);
    private @Nullable Fd epoll;
    private @Nullable Fd wake;

    /** Made by the first wait on a virtual thread. */
    private SharedWait.@Nullable Slot slot;

    /** The event descriptor is readable. Written under the lock of this object only. */
    private volatile boolean signalled;

    /** It is so because of {@link #wakeup}. */
    private boolean woken;

    private boolean closed;

    Waiting(Sys sys, List<? extends Channel> channels) {
        this.sys = sys;
        events = new EpollEvents(sys.arch(), arena, 1);
        try {
            epoll = new Fd(sys, BpfException.checked(sys.epollCreate(), "create an epoll descriptor"));
            wake = new Fd(sys, BpfException.checked(sys.eventfd(0, EFD_NONBLOCK), "create an event descriptor"));
            watch(wake.fd(), EpollEvents.EPOLLIN, "event descriptor");
            for (Channel channel : channels) {
                watch(
                        channel.fd(),
                        EpollEvents.EPOLLIN,
                        "records of map '" + channel.map().name() + "'");
            }
        } catch (Throwable t) {
            close();
            throw t;
        }
    }

    /** What else to wait for, from now on. */
    void watch(int fd, int readiness, String what) {
        BpfException.checked(sys.epollCtl(epollFd(), EPOLL_CTL_ADD, fd, readiness, 0), "wait for the " + what);
    }

    int epollFd() {
        if (epoll == null) {
            throw new IllegalStateException("not open");
        }
        return epoll.fd();
    }

    /**
     * Waits for a record; spurious returns may happen.
     *
     * @param deadline of {@link System#nanoTime}
     * @return false if there is no more to wait for: the time is over, the thread is interrupted, {@link #wakeup} was called
     */
    boolean await(long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || Thread.currentThread().isInterrupted()) {
            return false;
        }
        if (!signalled && Thread.currentThread().isVirtual()) {
            park(left);
        } else if (!signalled) {
            block(left);
        }
        return !reset() && !Thread.currentThread().isInterrupted();
    }

    /**
     * Waits without sleeping.
     *
     * @param next when to return, of {@link System#nanoTime}
     * @param deadline when to return if that is earlier
     * @return false if there is no more to wait for, as of {@link #await}
     */
    boolean spin(long next, long deadline) {
        long until = next - deadline < 0 ? next : deadline;
        Thread thread = Thread.currentThread();
        long now = System.nanoTime();
        while (now - until < 0 && !signalled && !thread.isInterrupted()) {
            if (thread.isVirtual()) {
                LockSupport.parkNanos(
                        until - now); // a yield in a loop would starve those that a platform thread unparks
            } else {
                Thread.onSpinWait();
            }
            now = System.nanoTime();
        }
        return now - deadline < 0 && !reset() && !thread.isInterrupted();
    }

    private void block(long nanos) {
        long millis = Math.min(TimeUnit.NANOSECONDS.toMillis(nanos - 1) + 1, Integer.MAX_VALUE);
        long ready;
        interruption.enter();
        try {
            ready = sys.epollWait(epollFd(), events, (int) millis);
        } finally {
            interruption.leave();
        }
        if (ready < 0 && ready != -Errno.EINTR) {
            throw new BpfException("wait for records", Errno.of(ready));
        }
    }

    private void park(long nanos) {
        SharedWait.Slot now = slot;
        if (now == null) {
            now = SharedWait.watch(sys, epollFd());
            slot = now;
        }
        now.await(nanos);
    }

    /** Forgets what has become ready since the last wait, of what is watched for changes (EPOLLET) only. */
    void forget() {
        sys.epollWait(epollFd(), events, 0);
    }

    /** Ends the wait that is going on, or else the next one. */
    synchronized void wakeup() {
        woken = true;
        signal();
    }

    private synchronized void signal() {
        if (!closed && !signalled && wake != null) {
            signalled = true;
            sys.write(wake.fd(), counter);
        }
    }

    /** Makes the event descriptor unreadable; true if it was readable because of {@link #wakeup}. */
    boolean reset() {
        if (!signalled) {
            return false;
        }
        synchronized (this) {
            if (wake != null) {
                sys.read(wake.fd(), counter);
            }
            boolean was = woken;
            woken = false;
            signalled = false;
            return was;
        }
    }

    /** Closes the descriptors; true the first time. Not during a wait. */
    synchronized boolean close() {
        if (closed) {
            return false;
        }
        closed = true;
        if (slot != null) {
            slot.close();
        }
        if (wake != null) {
            wake.close();
        }
        if (epoll != null) {
            epoll.close();
        }
        arena.close();
        return true;
    }
}
