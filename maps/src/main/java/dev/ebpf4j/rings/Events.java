package dev.ebpf4j.rings;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The consumer of what programs send through one or more maps, whether these are ring buffers or arrays of perf events. A
 * record is lent to the callback where the kernel wrote it; nothing is copied or allocated per record.
 *
 * <p>All methods are for any thread, virtual or not, at any time. One thread at a time takes records: {@link #poll} waits
 * for its turn as part of its time-out; {@link #consume}, {@link #consumeN} and {@link #drain} do not wait and leave the
 * records to the thread that is at it. {@link #wakeup} and {@link #close} never wait for a turn.
 *
 * <p>A thread that is interrupted does not wait, and a wait ends when its thread is interrupted, as that of a {@link
 * java.nio.channels.Selector}: the records that are there are handed out still, and the interrupt status stays set.
 *
 * <p>A map has one consumer: do not open it twice. Whoever opens this closes it; the maps stay open.
 */
public abstract sealed class Events implements AutoCloseable permits RingBuffer, PerfBuffer {
    private static final int SPINS = 64;
    private static final long BUSY_NANOS = 20_000;
    private static final long FOREVER = Long.MAX_VALUE / 2;
    private static final Duration LONGEST = Duration.ofNanos(FOREVER);

    private final List<? extends Channel> channels;
    private final Event event = new Event();
    private final ReentrantLock turn = new ReentrantLock();
    private final Waiting waiting;
    private final Backoff backoff;
    private final AtomicReference<@Nullable EventSubscription<?>> subscriber = new AtomicReference<>();
    private int first;
    private volatile boolean closed;

    /** Takes over the channels, also when this fails. */
    Events(Sys sys, List<? extends Channel> channels) {
        this.channels = channels;
        this.backoff = new Backoff(channels);
        try {
            waiting = new Waiting(sys, channels);
        } catch (Throwable t) {
            channels.forEach(Channel::unmap);
            throw t;
        }
    }

    /**
     * Opens maps of either type, so that a program for old kernels, which have no ring buffers, is consumed by the same code.
     *
     * @param maps one or more maps, all of type RINGBUF or all of type PERF_EVENT_ARRAY
     * @return a {@link RingBuffer} or a {@link PerfBuffer} with the usual options, to be closed by the caller
     * @throws IllegalArgumentException if there is no map, or the maps are of another type or of different types
     * @throws BpfException if the kernel refuses
     */
    public static Events open(BpfMap... maps) {
        boolean perf = maps.length > 0 && maps[0].type() == MapType.PERF_EVENT_ARRAY;
        return perf ? PerfBuffer.open(maps) : RingBuffer.open(maps);
    }

    /**
     * Hands out the records that are there, or if there are none waits for some.
     *
     * @param timeout how long to wait at most, rounded up to milliseconds; 0 or less does not wait
     * @param consumer what gets each record
     * @return how many records were handed out; 0 after the time-out, {@link #wakeup}, {@link #close} or an interrupt
     * @throws ClosedEventsException if this is closed already
     * @throws IllegalStateException if the consumer calls it
     * @throws BpfException if the kernel refuses to wait
     */
    public int poll(Duration timeout, EventConsumer consumer) {
        Objects.requireNonNull(consumer);
        long deadline = deadline(timeout);
        if (!enter(deadline)) {
            return 0;
        }
        try {
            return await(consumer, Integer.MAX_VALUE, deadline);
        } finally {
            leave();
        }
    }

    /**
     * Hands out the records that are there, or if there are none waits for some without sleeping: the CPU is busy all the
     * time, no system call is made, and the kernel need not wake anybody (programs may pass BPF_RB_NO_WAKEUP).
     *
     * <p>It looks at the rings after pauses of 20 µs; with a program that sends on another CPU that is several times as fast
     * as to look at once. Where a ring fills fast the pause becomes as long as a share of the ring takes, from 1 to 65 µs: so
     * small rings do not overflow, and no record waits for longer than 65 µs. A virtual thread sleeps in the
     * pauses, and so leaves its carrier to others, but uses timers.
     *
     * @param timeout how long to wait at most; 0 or less looks once
     * @param consumer what gets each record
     * @return how many records were handed out; 0 after the time-out, {@link #wakeup}, {@link #close} or an interrupt
     * @throws ClosedEventsException if this is closed already
     * @throws IllegalStateException if the consumer calls it
     */
    public int spin(Duration timeout, EventConsumer consumer) {
        Objects.requireNonNull(consumer);
        long deadline = deadline(timeout);
        if (!enter(deadline)) {
            return 0;
        }
        try {
            int count = 0;
            boolean going = true;
            while (count == 0 && going && !closed) {
                going = waiting.spin(backoff.next(), deadline);
                backoff.look();
                count = pass(consumer, Integer.MAX_VALUE);
                backoff.looked();
            }
            return count;
        } finally {
            leave();
        }
    }

    /**
     * Hands out the records that are there, without a system call: of each ring at most about what it holds, so that one
     * which is filled as fast as it is read does not starve the others.
     *
     * @param consumer what gets each record
     * @return how many records were handed out; 0 also while another thread is at it
     * @throws ClosedEventsException if this is closed already
     * @throws IllegalStateException if the consumer calls it
     */
    public int consume(EventConsumer consumer) {
        return consumeN(Integer.MAX_VALUE, consumer);
    }

    /**
     * Hands out at most {@code limit} of the records that are there, without a system call. With several rings the one that
     * comes first changes from call to call, so that none is starved.
     *
     * @param limit the most records to hand out; 0 hands out none
     * @param consumer what gets each record
     * @return how many records were handed out; 0 also while another thread is at it
     * @throws IllegalArgumentException if {@code limit} is negative
     * @throws ClosedEventsException if this is closed already
     * @throws IllegalStateException if the consumer calls it
     */
    public int consumeN(int limit, EventConsumer consumer) {
        Objects.requireNonNull(consumer);
        if (limit < 0) {
            throw new IllegalArgumentException("a limit of " + limit + " records");
        }
        if (!tryEnter()) {
            return 0;
        }
        try {
            return pass(consumer, limit);
        } finally {
            leave();
        }
    }

    /**
     * Waits for one record.
     *
     * @param decoder makes a value of it while it is lent, not null; what it throws is thrown here, and the record counts as consumed
     * @param <T> the type of the value
     * @return what the decoder answered
     * @throws InterruptedException if the thread is interrupted, before or during the wait; no record is lost then
     * @throws ClosedEventsException if this is closed, before or during the wait
     * @throws CancellationException if {@link #wakeup} ended the wait
     * @throws IllegalStateException if the consumer calls it
     * @throws BpfException if the kernel refuses to wait
     */
    public <T> T take(Function<? super Event, ? extends T> decoder) throws InterruptedException {
        Taker<T> taker = new Taker<>(decoder);
        enter();
        try {
            if (await(taker, 1, System.nanoTime() + FOREVER) > 0) {
                return taker.value();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (closed) {
                throw closedAlready();
            }
            throw new CancellationException("woken up before there was a record");
        } finally {
            leave();
        }
    }

    /**
     * Waits for one record.
     *
     * @param codec makes a value of it
     * @param <T> the type of the value
     * @return the value
     * @throws InterruptedException if the thread is interrupted, before or during the wait; no record is lost then
     * @throws IndexOutOfBoundsException if the record is too short; it counts as consumed
     * @throws ClosedEventsException if this is closed, before or during the wait
     * @throws CancellationException if {@link #wakeup} ended the wait
     * @throws IllegalStateException if the consumer calls it
     * @throws BpfException if the kernel refuses to wait
     */
    public <T> T take(Codec<T> codec) throws InterruptedException {
        return take(event -> event.read(codec));
    }

    /**
     * The records as a Reactive Stream. It has one subscriber at a time, a second one gets onError; each subscription is
     * served by a virtual thread of its own. What was not requested stays in the ring. Another thread may take records
     * beside the subscriber, who does not get those then.
     *
     * <p>After cancel no signal comes but one that is going on. {@link #close} completes the stream, without the records that
     * are still in the ring. What the decoder throws goes to onError; its record is consumed. The subscriber's methods must
     * not take records themselves; they may close.
     *
     * @param decoder makes a value of each record while it is lent, never null
     * @param <T> the type of the values
     * @return a publisher, which holds nothing and needs no closing
     */
    public <T> Flow.Publisher<T> publisher(Function<? super Event, ? extends T> decoder) {
        return new EventPublisher<>(this, Objects.requireNonNull(decoder));
    }

    /**
     * The records as a Reactive Stream of values; see {@link #publisher(Function)}. A record that is too short goes to
     * onError as {@link IndexOutOfBoundsException}.
     *
     * @param codec makes a value of each record
     * @param <T> the type of the values
     * @return a publisher, which holds nothing and needs no closing
     */
    public <T> Flow.Publisher<T> publisher(Codec<T> codec) {
        return publisher(event -> event.read(codec));
    }

    /**
     * For an own event loop that watches {@link #epollFd}: hands out records until there are none, and resets a {@link
     * #wakeup}. After it the descriptor is not readable until something happens, so it may be watched edge-triggered too,
     * if no other thread takes records. It does not return while records come in faster than they are consumed; where the
     * loop has other work, watch level-triggered and use {@link #consume}.
     *
     * @param consumer what gets each record
     * @return how many records were handed out, {@link Integer#MAX_VALUE} if there were more; 0 also while another thread is at it
     * @throws ClosedEventsException if this is closed already
     * @throws IllegalStateException if the consumer calls it
     */
    public int drain(EventConsumer consumer) {
        Objects.requireNonNull(consumer);
        if (!tryEnter()) {
            return 0;
        }
        try {
            waiting.reset();
            long total = 0;
            int count;
            do {
                count = pass(consumer, Integer.MAX_VALUE);
                total += count;
            } while (count > 0);
            return (int) Math.min(total, Integer.MAX_VALUE);
        } finally {
            leave();
        }
    }

    /**
     * A descriptor that is readable, to epoll, poll, select or io_uring, when there are records, or after {@link #wakeup}.
     * It belongs to this object: do not read or close it, and do not use it after {@link #close}.
     *
     * @return an epoll descriptor
     * @throws ClosedEventsException if this is closed already
     */
    public int epollFd() {
        if (closed) {
            throw closedAlready();
        }
        return waiting.epollFd();
    }

    /** Ends the poll that is going on, or else the next wait of one, at once. For any thread; does nothing once closed. */
    public void wakeup() {
        waiting.wakeup();
    }

    /**
     * Records that nobody has seen and never will, because a ring had no room, as far as the kernel told. What a ring
     * buffer refuses, only its program knows.
     *
     * @return how many since this was opened; still known after {@link #close}
     */
    public long lost() {
        return channels.stream().mapToLong(Channel::lost).sum();
    }

    /**
     * Records that a program discarded after it had reserved them.
     *
     * @return how many since this was opened, so far as they have been passed; still known after {@link #close}
     */
    public long discarded() {
        return channels.stream().mapToLong(Channel::discarded).sum();
    }

    /**
     * Ends a poll that is going on, waits for the end of its callback, and frees the memory. When the consumer itself calls
     * it, that is done as soon as the consumer has returned. A second call does nothing.
     */
    @Override
    public void close() {
        closed = true;
        event.stop();
        EventSubscription<?> subscription = subscriber.get();
        if (subscription != null) {
            subscription.closed();
        }
        if (turn.isHeldByCurrentThread()) {
            return; // leave() releases when the consumer is out of the memory
        }
        waiting.wakeup();
        turn.lock();
        leave();
    }

    /** Whether {@link #close} was called. */
    boolean isClosed() {
        return closed;
    }

    /** Whether a thread takes records or waits for some. */
    boolean isTaken() {
        return turn.isLocked();
    }

    /** Gives the records to a subscriber, unless they have one. */
    boolean subscribe(EventSubscription<?> subscription) {
        return subscriber.compareAndSet(null, subscription);
    }

    void unsubscribe(EventSubscription<?> subscription) {
        subscriber.compareAndSet(subscription, null);
    }

    /** Hands out records, or else waits for some until something happens: a part of what {@link #poll} does. */
    void step(EventConsumer consumer, int limit) {
        if (!enter(System.nanoTime() + FOREVER)) {
            return;
        }
        try {
            if (pass(consumer, limit) == 0 && !closed) {
                waiting.await(System.nanoTime() + FOREVER);
                if (headBusy()) {
                    LockSupport.parkNanos(BUSY_NANOS);
                }
            }
        } finally {
            leave();
        }
    }

    /** For the consumer: ends the handing out that has called it. */
    void endHandingOut() {
        event.stop();
    }

    /** Takes the turn; false if the time is over first or the thread is interrupted. */
    private boolean enter(long deadline) {
        if (tryEnter()) {
            return true;
        }
        try {
            if (!turn.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return entered();
    }

    /** Takes the turn, however long it takes. */
    private void enter() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!tryEnter()) {
            turn.lockInterruptibly();
            entered();
        }
    }

    /** Takes the turn if nobody has it. */
    private boolean tryEnter() {
        if (turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("a consumer cannot take records of the poller that has called it");
        }
        if (closed) {
            throw closedAlready();
        }
        return turn.tryLock() && entered();
    }

    private boolean entered() {
        if (closed) {
            leave();
            throw closedAlready();
        }
        return true;
    }

    private void leave() {
        try {
            if (closed && waiting.close()) {
                channels.forEach(Channel::unmap);
            }
        } finally {
            turn.unlock();
        }
    }

    private ClosedEventsException closedAlready() {
        return new ClosedEventsException(
                "the consumer of map '" + channels.getFirst().map().name() + "' is closed");
    }

    private int await(EventConsumer consumer, int limit, long deadline) {
        int busy = 0;
        int count = pass(consumer, limit);
        while (count == 0 && !closed && waiting.await(deadline)) {
            count = pass(consumer, limit);
            if (count == 0 && headBusy()) {
                relax(busy++);
            }
        }
        return count;
    }

    /** One look at each ring. 0 says that there was nothing, after what was read had become known to the kernel. */
    private int pass(EventConsumer consumer, int limit) {
        if (event.stopping() && !closed) {
            event.resume();
            if (closed) {
                event.stop(); // by close(), just before it was taken back
            }
        }
        int count = 0;
        int rings = channels.size();
        int start = first;
        first = start + 1 < rings ? start + 1 : 0;
        for (int i = 0; i < rings && count < limit; i++) {
            Channel ring = channels.get(start + i < rings ? start + i : start + i - rings);
            count += ring.drain(event, consumer.forMap(ring.map()), limit - count);
        }
        return count;
    }

    private boolean headBusy() {
        for (int i = 0; i < channels.size(); i++) {
            if (channels.get(i).headBusy()) {
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

    static long deadline(Duration timeout) {
        Duration wait = timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
        return System.nanoTime() + (wait.isNegative() ? 0 : wait.toNanos());
    }
}
