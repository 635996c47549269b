package dev.ebpf4j.rings;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.maps.BpfMap;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/** The code in {@code docs/rings.md}: {@link RingsDocTest} compares, and runs it. */
final class RingsDocSnippets {
    private volatile boolean running = true;

    void stop() {
        running = false;
    }

    /** Somebody's loop, which calls back when a descriptor is readable. */
    interface EventLoop {
        void whenReadable(int descriptor, Runnable action);
    }

    void poll(BpfMap map, Consumer<Long> out) {
        // snippet
        try (Events events = Events.open(map)) {
            while (running) {
                events.poll(Duration.ofMillis(100), event -> out.accept(event.getLong(0)));
            }
        }
        // end
    }

    void spin(Events events, EventConsumer consumer) {
        // snippet
        while (running) {
            events.spin(Duration.ofMillis(100), consumer);
        }
        // end
    }

    void ownLoop(Events events, EventLoop loop, EventConsumer consumer) {
        // snippet
        loop.whenReadable(events.epollFd(), () -> events.consume(consumer));
        // end
    }

    <T> void take(Events events, Codec<T> codec, Consumer<T> out) {
        // snippet
        try {
            while (true) {
                T value = events.take(codec);
                out.accept(value);
            }
        } catch (InterruptedException | ClosedEventsException e) {
            // the end; the records that were not taken are in the ring still
        }
        // end
    }

    <T> void flow(Events events, Codec<T> codec, Flow.Subscriber<T> subscriber) {
        // snippet
        events.publisher(codec).subscribe(subscriber);
        // end
    }

    void manyMaps(BpfMap requests, BpfMap errors, EventConsumer onRequest, EventConsumer onError) {
        // snippet
        try (Events events = Events.open(requests, errors)) {
            EventConsumer consumer = EventConsumer.byMap(Map.of(requests, onRequest, errors, onError));
            events.poll(Duration.ofSeconds(1), consumer);
        }
        // end
    }

    void perf(BpfMap map, EventConsumer consumer) {
        // snippet
        PerfOptions options = PerfOptions.DEFAULT.withPages(256).withMergeByTime();
        try (PerfBuffer events = PerfBuffer.open(options, map)) {
            events.poll(Duration.ofSeconds(1), consumer);
        }
        // end
    }
}
