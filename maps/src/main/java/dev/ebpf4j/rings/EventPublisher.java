package dev.ebpf4j.rings;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Function;

/** Records as a Reactive Stream of values, for one subscriber at a time: a record can be consumed once only. */
final class EventPublisher<T> implements Flow.Publisher<T> {
    private final Events events;
    private final Function<? super Event, ? extends T> decoder;

    EventPublisher(Events events, Function<? super Event, ? extends T> decoder) {
        this.events = events;
        this.decoder = decoder;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> subscriber) {
        Objects.requireNonNull(subscriber);
        EventSubscription<T> subscription = new EventSubscription<>(events, decoder, subscriber);
        if (events.subscribe(subscription)) {
            subscription.start();
        } else {
            subscription.refuse();
        }
    }
}
