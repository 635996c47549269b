package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Many threads, platform and virtual, on real ring buffers: each record comes once, and nothing is left. */
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class EventsStressTest {
    private static final int KINDS = 6;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** Takes records in one of several ways until the ring is closed; interrupts and wake-ups are no end. */
    private void takeUntilClosed(RingBuffer ring, int kind, EventConsumer consumer) {
        CountDownLatch completed = new CountDownLatch(1);
        try {
            if (kind == KINDS - 1) {
                ring.<Event>publisher(event -> {
                            consumer.accept(event);
                            return event;
                        })
                        .subscribe(new UntilComplete(completed));
            }
            while (true) {
                takeSome(ring, kind, consumer, completed);
                if (completed.getCount() == 0) {
                    return;
                }
                Thread.interrupted();
            }
        } catch (ClosedEventsException e) {
            // the end
        } catch (Throwable t) {
            failure.compareAndSet(null, t);
        }
    }

    private static void takeSome(RingBuffer ring, int kind, EventConsumer consumer, CountDownLatch completed) {
        try {
            switch (kind) {
                case 0 -> ring.poll(Duration.ofSeconds(100), consumer);
                case 1 -> ring.spin(Duration.ofMillis(1), consumer);
                case 2 -> ring.consumeN(3, consumer);
                case 3 -> ring.drain(consumer);
                case 4 ->
                    ring.take(event -> {
                        consumer.accept(event);
                        return event;
                    });
                default -> completed.await();
            }
        } catch (InterruptedException | CancellationException e) {
            // once more
        }
        if (kind == 2 || kind == 3) {
            pause();
        }
    }

    /** What never waits shall let the others run; virtual threads that only yield would not. */
    private static void pause() {
        LockSupport.parkNanos(100_000);
    }

    private record UntilComplete(CountDownLatch completed) implements Flow.Subscriber<Object> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object item) {}

        @Override
        public void onError(Throwable cause) {
            completed.countDown(); // a second subscriber is refused
        }

        @Override
        public void onComplete() {
            completed.countDown();
        }
    }

    private Thread start(boolean virtual, Runnable body) {
        return virtual
                ? Thread.startVirtualThread(body)
                : Thread.ofPlatform().daemon().start(body);
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void eachRecordComesOnceWhoeverTakesIt() throws Exception {
        int records = 20_000;
        AtomicIntegerArray seen = new AtomicIntegerArray(records);
        AtomicInteger total = new AtomicInteger();
        try (KernelProducer producer = new KernelProducer(4096)) {
            RingBuffer ring = RingBuffer.open(producer.map);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2 * KINDS; i++) {
                int kind = i % KINDS;
                threads.add(start(
                        i < KINDS,
                        () -> takeUntilClosed(ring, kind, event -> {
                            seen.incrementAndGet((int) event.getLong(0));
                            total.incrementAndGet();
                        })));
            }
            Random random = new Random(7);
            for (int sent = 0; sent < records && failure.get() == null; ) {
                sent += producer.send(sent, Math.min(10, records - sent));
                if (random.nextInt(4) == 0) {
                    threads.get(random.nextInt(threads.size())).interrupt();
                } else if (random.nextInt(4) == 0) {
                    ring.wakeup();
                }
            }
            while (total.get() < records && failure.get() == null) {
                pause();
            }
            ring.close();
            join(threads);
        }
        assertEquals(null, failure.get());
        for (int i = 0; i < records; i++) {
            assertEquals(1, seen.get(i));
        }
    }

    /** Descriptors and mappings of BPF maps, epoll and events, and threads that would outlive their use. */
    private static List<String> resources() {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"));
                Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            Stream<String> targets = fds.map(EventsStressTest::target).filter(t -> t.startsWith("anon_inode"));
            Stream<String> mappings =
                    maps.filter(line -> line.contains("bpf-map")).map(line -> "mapping");
            Stream<String> threads = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith("ebpf4j"));
            return Stream.of(targets, mappings, threads)
                    .flatMap(s -> s)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "gone"; // the descriptor of the listing itself
        }
    }

    @Test
    void manyRingsOpenedAndClosedWithInterruptsLeaveNothing() throws Exception {
        int rings = 24;
        new KernelProducer().close();
        startCarriers();
        List<String> before = resources();
        Random random = new Random(11);
        List<KernelProducer> producers = new ArrayList<>();
        for (int i = 0; i < rings; i++) {
            producers.add(new KernelProducer(4096));
        }
        for (int cycle = 0; cycle < 100 && failure.get() == null; cycle++) {
            cycle(producers, random);
        }
        producers.forEach(KernelProducer::close);
        assertEquals(null, failure.get());
        assertEquals(before, resources());
    }

    /** The JDK's own pollers and timers for virtual threads stay once they are there. */
    private static void startCarriers() throws InterruptedException {
        Thread.startVirtualThread(() -> {
                    try {
                        Thread.sleep(1);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                })
                .join();
    }

    private void cycle(List<KernelProducer> producers, Random random) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<RingBuffer> open = new ArrayList<>();
        for (KernelProducer producer : producers) {
            RingBuffer ring = RingBuffer.open(producer.map);
            open.add(ring);
            int kind = random.nextInt(KINDS + 2);
            if (kind < KINDS) {
                boolean closes = random.nextInt(8) == 0;
                threads.add(start(
                        random.nextBoolean(),
                        () -> takeUntilClosed(ring, kind, event -> {
                            if (closes) {
                                ring.close();
                            }
                        })));
            }
            producer.send(1);
        }
        for (int i = random.nextInt(30); i > 0; i--) {
            threads.get(random.nextInt(threads.size())).interrupt();
            producers.get(random.nextInt(producers.size())).send(2);
        }
        for (RingBuffer ring : open) {
            if (random.nextBoolean()) {
                threads.add(start(random.nextBoolean(), ring::close));
            } else {
                ring.close();
            }
        }
        join(threads);
    }
}
