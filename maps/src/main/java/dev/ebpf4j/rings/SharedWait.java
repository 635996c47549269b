package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that waits in the kernel for all virtual threads that want records, so that these can be parked: a
 * virtual thread that waits in a system call holds its carrier. It watches the epoll descriptor of each {@link Events} that
 * was ever waited for on a virtual thread, from the first such wait until the last of them is closed.
 *
 * <p>A descriptor is watched for one event at a time (EPOLLONESHOT) and armed anew by each wait, so that a ring which nobody
 * reads keeps nobody busy.
 */
final class SharedWait {
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int EVENTS = 64;
    private static final long END = 0;

    /** One for each kernel: there is one outside of tests. */
    private static final Map<Sys, SharedWait> RUNNING = new HashMap<>();

    private final Sys sys;
    private final Fd epoll;
    private final Fd end;
    private final Thread thread;
    private final Map<Long, Slot> slots = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong(END);

    /** How many descriptors are watched; guarded by {@link #RUNNING}. */
    private int users;

    /** Why the thread has ended before its time. */
    private volatile @Nullable Errno failure;

    private SharedWait(Sys sys) {
        this.sys = sys;
        epoll = new Fd(sys, BpfException.checked(sys.epollCreate(), "create an epoll descriptor"));
        end = end(sys, epoll);
        thread = Thread.ofPlatform()
                .daemon()
                .name("ebpf4j-wait")
                .inheritInheritableThreadLocals(false)
                .unstarted(this::run);
    }

    private static Fd end(Sys sys, Fd epoll) {
        try {
            Fd fd = new Fd(sys, BpfException.checked(sys.eventfd(0, 0), "create an event descriptor"));
            sys.epollCtl(epoll.fd(), EPOLL_CTL_ADD, fd.fd(), EpollEvents.EPOLLIN, END);
            return fd;
        } catch (Throwable t) {
            epoll.close();
            throw t;
        }
    }

    /** Starts to watch a descriptor, for one thread at a time to wait for. */
    static Slot watch(Sys sys, int fd) {
        synchronized (RUNNING) {
            SharedWait shared = RUNNING.get(sys);
            boolean isNew = shared == null;
            if (shared == null) {
                shared = new SharedWait(sys);
            }
            try {
                Slot slot = shared.new Slot(fd, shared.lastNumber.incrementAndGet());
                slot.control(EPOLL_CTL_ADD, 0);
                shared.slots.put(slot.number, slot);
                shared.users++;
                if (isNew) {
                    shared.thread.start();
                    RUNNING.put(sys, shared);
                }
                return slot;
            } catch (Throwable t) {
                if (isNew) {
                    shared.release();
                }
                throw t;
            }
        }
    }

    /** A descriptor that is watched. */
    final class Slot implements AutoCloseable {
        private final int fd;
        private final long number;
        private volatile @Nullable Thread waiter;

        private Slot(int fd, long number) {
            this.fd = fd;
            this.number = number;
        }

        /** Parks until the descriptor is readable, the time is over, the thread is interrupted, or for no reason. */
        void await(long nanos) {
            waiter = Thread.currentThread();
            try {
                control(EPOLL_CTL_MOD, EpollEvents.EPOLLIN | EPOLLONESHOT);
                Errno errno = failure;
                if (errno != null) {
                    throw new BpfException("wait for records", errno);
                }
                LockSupport.parkNanos(this, nanos);
            } finally {
                waiter = null;
            }
        }

        private void control(int operation, int events) {
            BpfException.checked(sys.epollCtl(epoll.fd(), operation, fd, events, number), "watch an epoll descriptor");
        }

        /** To be called before the descriptor is closed. The thread has ended when the last one has returned from here. */
        @Override
        public void close() {
            slots.remove(number);
            sys.epollCtl(epoll.fd(), EPOLL_CTL_DEL, fd, 0, 0);
            synchronized (RUNNING) {
                if (--users > 0) {
                    return;
                }
                RUNNING.remove(sys);
            }
            stop();
        }
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            EpollEvents events = new EpollEvents(sys.arch(), arena, EVENTS);
            while (true) {
                long ready = sys.epollWait(epoll.fd(), events, -1);
                if (ready < 0 && ready != -Errno.EINTR) {
                    failure = Errno.of(ready);
                    slots.keySet().forEach(this::wake);
                    return;
                }
                for (int i = 0; i < ready; i++) {
                    if (events.data(i) == END) {
                        return;
                    }
                    wake(events.data(i));
                }
            }
        }
    }

    private void wake(long number) {
        Slot slot = slots.get(number);
        if (slot != null) {
            LockSupport.unpark(slot.waiter);
        }
    }

    private void stop() {
        try (Arena arena = Arena.ofConfined()) {
            sys.write(end.fd(), arena.allocateFrom(JAVA_LONG, 1));
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        release();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        end.close();
        epoll.close();
    }
}
