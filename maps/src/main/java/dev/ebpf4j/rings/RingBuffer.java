package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The consumer of one or more ring buffer maps. A record is lent to the callback where the kernel wrote it; nothing is
 * copied or allocated per record.
 *
 * <p>One thread at a time polls or consumes; a second one waits for the first. {@link #wakeup} and {@link #close} may be
 * called by any thread, also by the consumer, and end a poll at once. A map has one consumer: do not open it twice. Whoever
 * opens this closes it; the maps stay open.
 *
 * <p>A poll waits in the kernel and does not see {@link Thread#interrupt}; use {@link #wakeup}. On a virtual thread it
 * holds the carrier.
 *
 * @kernel 5.8
 */
public final class RingBuffer implements AutoCloseable {
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EFD_NONBLOCK = 0x800;
    private static final int SPINS = 64;
    private static final long BUSY_NANOS = 20_000;

    private final Sys sys;
    private final List<Channel> rings = new ArrayList<>();
    private final List<Fd> fds = new ArrayList<>();
    private final Arena arena = Arena.ofShared();
    private final Event event = new Event();
    private final ReentrantLock polling = new ReentrantLock();
    private final MemorySegment counter;
    private final MemorySegment one;
    private final EpollEvents events;
    private int epoll;
    private int wake;
    private int firstRing;
    private volatile boolean closed;
    private boolean released;

    private RingBuffer(Sys sys, int maps) {
        this.sys = sys;
        counter = arena.allocate(JAVA_LONG);
        one = arena.allocateFrom(JAVA_LONG, 1);
        events = new EpollEvents(sys.arch(), arena, maps + 1);
    }

    /**
     * Maps ring buffers into memory.
     *
     * @param maps one or more maps of type RINGBUF
     * @return their consumer, to be closed by the caller
     * @throws IllegalArgumentException if there is no map or one is not a ring buffer
     * @throws BpfException if the kernel refuses
     */
    public static RingBuffer open(BpfMap... maps) {
        if (maps.length == 0) {
            throw new IllegalArgumentException("no ring buffer map was given");
        }
        RingBuffer ring = new RingBuffer(maps[0].sys(), maps.length);
        try {
            ring.epoll = ring.owned(ring.sys.epollCreate(), "create an epoll descriptor");
            ring.wake = ring.owned(ring.sys.eventfd(0, EFD_NONBLOCK), "create an event descriptor");
            ring.watch(ring.wake, maps.length, "event descriptor");
            for (BpfMap map : maps) {
                ring.rings.add(new Ring(map));
                ring.watch(map.fd(), ring.rings.size() - 1, "ring buffer '" + map.name() + "'");
            }
            return ring;
        } catch (Throwable t) {
            ring.release();
            throw t;
        }
    }

    private int owned(long result, String operation) {
        Fd fd = new Fd(sys, BpfException.checked(result, operation));
        fds.add(fd);
        return fd.fd();
    }

    private void watch(int fd, long data, String what) {
        BpfException.checked(sys.epollCtl(epoll, EPOLL_CTL_ADD, fd, EpollEvents.EPOLLIN, data), "wait for the " + what);
    }

    /**
     * Hands out the records that are there, or if there are none waits for some.
     *
     * @param timeout how long to wait at most, rounded up to milliseconds; 0 or less does not wait
     * @param consumer what gets each record
     * @return how many records were handed out; 0 after the time-out, {@link #wakeup} or {@link #close}
     * @throws IllegalStateException if this is closed already, or the consumer calls it
     * @throws BpfException if the kernel refuses to wait
     */
    public int poll(Duration timeout, EventConsumer consumer) {
        long deadline = deadline(timeout);
        return exclusively(() -> {
            int spins = 0;
            int count = drain(consumer, Integer.MAX_VALUE);
            while (count == 0 && !closed) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || await(left)) {
                    break;
                }
                count = drain(consumer, Integer.MAX_VALUE);
                if (count == 0 && headBusy()) {
                    relax(spins++);
                }
            }
            return count;
        });
    }

    /**
     * Hands out the records that are there, without a system call.
     *
     * @param consumer what gets each record
     * @return how many records were handed out
     * @throws IllegalStateException if this is closed already, or the consumer calls it
     */
    public int consume(EventConsumer consumer) {
        return consumeN(Integer.MAX_VALUE, consumer);
    }

    /**
     * Hands out at most {@code limit} of the records that are there, without a system call. With several maps the one that
     * comes first changes from call to call, so that none is starved.
     *
     * @param limit the most records to hand out; 0 hands out none
     * @param consumer what gets each record
     * @return how many records were handed out
     * @throws IllegalArgumentException if {@code limit} is negative
     * @throws IllegalStateException if this is closed already, or the consumer calls it
     */
    public int consumeN(int limit, EventConsumer consumer) {
        if (limit < 0) {
            throw new IllegalArgumentException("a limit of " + limit + " records");
        }
        return exclusively(() -> drain(consumer, limit));
    }

    /** Ends the poll that is going on, or else the next wait of one, at once. For any thread; does nothing once closed. */
    public void wakeup() {
        synchronized (one) {
            if (!released) {
                sys.write(wake, one);
            }
        }
    }

    /**
     * Ends a poll that is going on, waits for its end, and frees the memory. When the consumer itself calls it, that is
     * done as soon as the consumer has returned. A second call does nothing.
     */
    @Override
    public void close() {
        closed = true;
        event.stop();
        if (polling.isHeldByCurrentThread()) {
            return; // exclusively() releases when the consumer is out of the memory
        }
        wakeup();
        polling.lock();
        try {
            release();
        } finally {
            polling.unlock();
        }
    }

    @FunctionalInterface
    private interface Counting {
        int run();
    }

    private int exclusively(Counting work) {
        if (polling.isHeldByCurrentThread()) {
            throw new IllegalStateException("a consumer of a ring buffer cannot poll the same ring buffer");
        }
        polling.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the ring buffer is closed");
            }
            return work.run();
        } finally {
            if (closed) {
                release();
            }
            polling.unlock();
        }
    }

    private int drain(EventConsumer consumer, int limit) {
        Objects.requireNonNull(consumer);
        int count = 0;
        int start = firstRing;
        firstRing = start + 1 < rings.size() ? start + 1 : 0;
        for (int i = 0; i < rings.size() && count < limit; i++) {
            Channel ring = rings.get((start + i) % rings.size());
            count += ring.drain(event, consumer.forMap(ring.map()), limit - count);
        }
        return count;
    }

    private boolean headBusy() {
        for (Channel ring : rings) {
            if (ring.headBusy()) {
                return true;
            }
        }
        return false;
    }

    /** A program is in the middle of writing the next record, which takes it less time than a sleep. */
    private static void relax(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(BUSY_NANOS);
        }
    }

    /** Waits for a record; true if {@link #wakeup} or {@link #close} ended it. */
    private boolean await(long nanos) {
        long millis = Math.min(TimeUnit.NANOSECONDS.toMillis(nanos - 1) + 1, Integer.MAX_VALUE);
        long ready = sys.epollWait(epoll, events, (int) millis);
        if (ready < 0 && ready != -Errno.EINTR) {
            throw new BpfException("wait for a ring buffer", Errno.of(ready));
        }
        for (int i = 0; i < ready; i++) {
            if (events.data(i) == rings.size()) {
                sys.read(wake, counter);
                return true;
            }
        }
        return false;
    }

    private static long deadline(Duration timeout) {
        long now = System.nanoTime();
        boolean huge = timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE / 2)) > 0;
        return now + (huge ? Long.MAX_VALUE / 2 : Math.max(0, timeout.isNegative() ? 0 : timeout.toNanos()));
    }

    private void release() {
        synchronized (one) {
            if (released) {
                return;
            }
            released = true;
        }
        for (Channel ring : rings) {
            ring.unmap();
        }
        for (Fd fd : fds) {
            fd.close();
        }
        arena.close();
    }
}
