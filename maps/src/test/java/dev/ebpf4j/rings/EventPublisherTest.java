package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What the Reactive Streams TCK does not ask: what stays in the ring, and who else may take it. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class EventPublisherTest {
    private final KernelProducer producer = new KernelProducer(4096);
    private final RingBuffer ring = RingBuffer.open(producer.map);

    @AfterEach
    void close() {
        ring.close();
        producer.close();
    }

    /** Keeps all signals: values, throwables, and "complete". */
    private static class Signals implements Flow.Subscriber<Long> {
        final BlockingQueue<Object> all = new LinkedBlockingQueue<>();
        final CountDownLatch subscribed = new CountDownLatch(1);
        private Flow.Subscription subscription = new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        };

        Flow.Subscription subscription() throws InterruptedException {
            subscribed.await();
            return subscription;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            subscribed.countDown();
        }

        @Override
        public void onNext(Long item) {
            all.add(item);
        }

        @Override
        public void onError(Throwable cause) {
            all.add(cause);
        }

        @Override
        public void onComplete() {
            all.add("complete");
        }
    }

    private Signals subscribed() {
        Signals signals = new Signals();
        ring.<Long>publisher(event -> event.getLong(0)).subscribe(signals);
        return signals;
    }

    @Test
    void whatIsNotRequestedStaysInTheRing() throws Exception {
        assertEquals(5, producer.send(0, 5));
        Signals signals = subscribed();
        signals.subscription().request(2);
        assertEquals(List.of(0L, 1L), List.of(signals.all.take(), signals.all.take()));
        signals.subscription().cancel();
        assertEquals(2L, ring.<Object>take(event -> event.getLong(0)), "of those that the subscriber did not want");
        Signals second = subscribed();
        second.subscription().request(Long.MAX_VALUE);
        assertEquals(List.of(3L, 4L), List.of(second.all.take(), second.all.take()));
        assertTrue(producer.send(5));
        assertEquals(5L, second.all.take());
        ring.close();
        assertEquals("complete", second.all.take());
        assertTrue(signals.all.isEmpty());
    }

    @Test
    void cancelInTheMiddleOfManyLosesNone() throws Exception {
        assertEquals(5, producer.send(0, 5));
        Signals signals = new Signals() {
            @Override
            public void onNext(Long item) {
                super.onNext(item);
                if (item == 1) {
                    try {
                        subscription().cancel();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        };
        ring.<Long>publisher(event -> event.getLong(0)).subscribe(signals);
        signals.subscription().request(100);
        assertEquals(List.of(0L, 1L), List.of(signals.all.take(), signals.all.take()));
        assertEquals(2L, ring.<Object>take(event -> event.getLong(0)));
        assertEquals(2, ring.consume(event -> {}));
        assertTrue(signals.all.isEmpty());
    }

    @Test
    void thereIsOneSubscriberAtATime() throws Exception {
        Signals first = subscribed();
        Signals second = subscribed();
        assertInstanceOf(IllegalStateException.class, second.all.take());
        first.subscription().request(1);
        assertTrue(producer.send(7));
        assertEquals(7L, first.all.take());
    }

    @Test
    void errorsGoToTheSubscriber() throws Exception {
        assertTrue(producer.send(1));
        Signals signals = new Signals();
        ring.<Long>publisher(event -> event.getLong(1)).subscribe(signals);
        signals.subscription().request(1);
        assertInstanceOf(IndexOutOfBoundsException.class, signals.all.take());
        Signals negative = subscribed();
        negative.subscription().request(-1);
        assertInstanceOf(IllegalArgumentException.class, negative.all.take());
        assertTrue(producer.send(2));
        Signals third = subscribed();
        third.subscription().request(1);
        assertEquals(2L, third.all.take(), "the subscription before has ended");
    }

    /** The JDK's own processor as a subscriber that asks for more as it goes. */
    @Test
    void feedsTheStreamsOfTheJdk() throws Exception {
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        CompletableFuture<Void> ended;
        try (SubmissionPublisher<Long> relay = new SubmissionPublisher<>()) {
            ended = relay.consume(seen::add);
            ring.publisher(Codecs.LONG).subscribe(new Signals() {
                @Override
                public void onSubscribe(Flow.Subscription given) {
                    super.onSubscribe(given);
                    given.request(1);
                }

                @Override
                public void onNext(Long item) {
                    relay.submit(item);
                    try {
                        subscription().request(1);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            for (int sent = 0; sent < 1000; ) {
                sent += producer.send(sent, 1000 - sent);
            }
            for (long expected : LongStream.range(0, 1000).toArray()) {
                assertEquals(expected, seen.take());
            }
        }
        ended.join();
    }
}
