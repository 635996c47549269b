package dev.ebpf4j.rings;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The producer of a user ring buffer map: messages to programs, which take them by {@code bpf_user_ringbuf_drain}. A message
 * is written where the program reads it; nothing is copied or allocated, and no system call is made.
 *
 * <p>{@link #reservation} gives the means to write in place, {@link #send} sends what is there already. Nothing tells a
 * program that there are messages: it must run for another reason.
 *
 * <p>Safe for any number of threads of this process; a ring has one process that writes to it. {@link #close} may be called
 * by any thread; the memory is freed when the last reservation is submitted or discarded. Whoever opens this closes it; the
 * map stays open.
 *
 * @kernel 6.1
 */
public final class UserRingBuffer implements AutoCloseable {
    private static final int EPOLLOUT = 4;
    private static final int EPOLLET = 1 << 31;

    private final BpfMap map;
    private final UserRing ring;
    private final ReentrantLock turn = new ReentrantLock();

    /** Made by the first wait. */
    private volatile @Nullable Waiting waiting;

    private volatile boolean closed;

    private UserRingBuffer(BpfMap map, UserRing ring) {
        this.map = map;
        this.ring = ring;
    }

    /**
     * Maps a user ring buffer into memory.
     *
     * @param map a map of type USER_RINGBUF
     * @return its producer, to be closed by the caller
     * @throws IllegalArgumentException if it is of another type
     * @throws BpfException if the kernel refuses
     */
    public static UserRingBuffer open(BpfMap map) {
        return new UserRingBuffer(map, new UserRing(map));
    }

    /**
     * Makes an object to reserve room with, for one thread and any number of messages.
     *
     * @return a new one, with nothing reserved
     */
    public Reservation reservation() {
        return new Reservation(this, ring);
    }

    /**
     * Sends bytes, without waiting.
     *
     * @param message the bytes, heap or native
     * @return whether they were sent, and if not, why
     * @throws IllegalStateException if this is closed
     */
    public ReserveResult send(MemorySegment message) {
        try (Reservation room = reservation()) {
            ReserveResult result = room.reserve((int) Math.min(message.byteSize(), Integer.MAX_VALUE));
            if (result == ReserveResult.RESERVED) {
                room.setBytes(0, message);
                room.submit();
            }
            return result;
        }
    }

    /**
     * Sends a value, without waiting.
     *
     * @param codec how it stands in memory, bound to the type that the program reads
     * @param value the value
     * @param <T> its type
     * @return whether it was sent, and if not, why
     * @throws IllegalStateException if this is closed
     */
    public <T> ReserveResult send(Codec<T> codec, T value) {
        try (Reservation room = reservation()) {
            ReserveResult result = room.reserve(codec.size());
            if (result == ReserveResult.RESERVED) {
                room.write(codec, value);
                room.submit();
            }
            return result;
        }
    }

    /**
     * Waits for room, in turn with other threads.
     *
     * <p>The kernel says that there is room as soon as there is any, so it is of interest only when that changes: each time
     * that a program has drained.
     */
    ReserveResult reserve(Reservation room, int bytes, Duration timeout) throws InterruptedException {
        long deadline = Events.deadline(timeout);
        if (!turn.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            return room.reserve(bytes);
        }
        try {
            Waiting drained = waiting();
            ReserveResult result;
            do {
                drained.forget();
                result = room.reserve(bytes);
            } while (result == ReserveResult.NO_SPACE && drained.await(deadline));
            if (result == ReserveResult.NO_SPACE && Thread.interrupted()) {
                throw new InterruptedException(
                        "interrupted while waiting for room in the user ring buffer of map '" + map.name() + "'");
            }
            return result == ReserveResult.NO_SPACE ? room.reserve(bytes) : result;
        } finally {
            turn.unlock();
        }
    }

    /** What tells of drains; for who has the turn. */
    private Waiting waiting() {
        Waiting known = waiting;
        if (known == null) {
            if (closed) {
                throw closed();
            }
            known = new Waiting(map.sys(), List.of());
            try {
                known.watch(map.fd(), EPOLLOUT | EPOLLET, "room in map '" + map.name() + "'");
            } catch (Throwable t) {
                known.close();
                throw t;
            }
            waiting = known;
        }
        return known;
    }

    /** {@return bytes of the ring; a message takes its size and 8 bytes more, rounded up to 8} */
    public long size() {
        return ring.size();
    }

    /** {@return bytes of the ring that the program has not freed yet; 0 once closed} */
    public long pending() {
        return ring.pending();
    }

    /** {@return the map} */
    public BpfMap map() {
        return map;
    }

    /**
     * Ends the use of the ring, and waits for room with an exception; what was submitted stays there for the program. A
     * second call does nothing.
     */
    @Override
    public void close() {
        closed = true;
        ring.close();
        Waiting known = waiting;
        if (known != null) {
            known.wakeup();
        }
        turn.lock();
        try {
            if (waiting != null) {
                waiting.close();
            }
        } finally {
            turn.unlock();
        }
    }

    IllegalStateException closed() {
        return new IllegalStateException("the user ring buffer of map '" + map.name() + "' is closed");
    }
}
