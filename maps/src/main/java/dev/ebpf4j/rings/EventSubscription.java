package dev.ebpf4j.rings;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber's demand, and the virtual thread that gives it values while there is some. Nothing is buffered: what was
 * not asked for stays in the ring.
 *
 * <p>Source of the rules: Reactive Streams 1.0.4, whose numbers stand in brackets.
 */
final class EventSubscription<T> implements Flow.Subscription, EventConsumer {
    private final Events events;
    private final Function<? super Event, ? extends T> decoder;
    private final Flow.Subscriber<? super T> subscriber;
    private final AtomicLong demand = new AtomicLong();
    private final Thread thread;
    private volatile boolean over;

    /** What the subscriber did wrong. */
    private volatile @Nullable Throwable fault;

    EventSubscription(
            Events events, Function<? super Event, ? extends T> decoder, Flow.Subscriber<? super T> subscriber) {
        this.events = events;
        this.decoder = decoder;
        this.subscriber = subscriber;
        this.thread = Thread.ofVirtual().name("ebpf4j-publisher").unstarted(this::run);
    }

    void start() {
        try {
            subscriber.onSubscribe(this);
        } catch (Throwable t) {
            cancel(); // [2.13] a subscriber that throws is gone
            throw t;
        }
        thread.start();
    }

    /** [1.9] Also a subscriber that is not taken gets a subscription first. */
    void refuse() {
        over = true;
        subscriber.onSubscribe(this);
        subscriber.onError(new IllegalStateException("the records have a subscriber already"));
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            fault = new IllegalArgumentException(
                    "[3.9] a request for " + count + " records"); // onError is the thread's
        } else {
            demand.accumulateAndGet(count, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b); // [3.17]
        }
        LockSupport.unpark(thread);
    }

    @Override
    public void cancel() {
        over = true;
        events.unsubscribe(this);
        LockSupport.unpark(thread);
    }

    /** Called when the records come to their end. */
    void closed() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!over) {
            if (fault != null) {
                end(fault);
            } else if (events.isClosed()) {
                end(null);
            } else if (demand.get() == 0) {
                LockSupport.park(this);
            } else {
                serve();
            }
            Thread.interrupted(); // a subscriber may have set it, and nobody would wait then
        }
    }

    private void serve() {
        try {
            events.step(this, (int) Math.min(demand.get(), Integer.MAX_VALUE));
        } catch (ClosedEventsException e) {
            end(events.isClosed() ? null : e);
        } catch (Throwable t) {
            end(t);
        }
    }

    @Override
    public void accept(Event event) {
        T value = Objects.requireNonNull(decoder.apply(event), "a decoder answered null");
        demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
        try {
            subscriber.onNext(value);
        } catch (Throwable t) {
            cancel(); // [2.13]
            thread.getUncaughtExceptionHandler().uncaughtException(thread, t);
        }
        if (over || fault != null) {
            events.endHandingOut();
        }
    }

    /** [1.7] The last signal, unless the subscriber has cancelled. */
    private void end(@Nullable Throwable cause) {
        if (over) {
            return;
        }
        cancel();
        if (cause == null) {
            subscriber.onComplete();
        } else {
            subscriber.onError(cause);
        }
    }
}
