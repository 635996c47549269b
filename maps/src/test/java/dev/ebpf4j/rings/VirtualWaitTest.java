package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.Thread.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Waits of virtual threads on real ring buffers: these are parked, so that they hold no carrier. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class VirtualWaitTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static boolean waitThreadRuns() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().equals("ebpf4j-wait"));
    }

    private static void untilParked(Thread thread) {
        while (thread.getState() != State.WAITING && thread.getState() != State.TIMED_WAITING) {
            assertTrue(thread.isAlive());
            Thread.onSpinWait();
        }
    }

    /** More waits than there are carriers; a thread that waits in a system call has another state, and holds one. */
    @Test
    void waitingThreadsLetOthersRun() throws Exception {
        int waiters = Runtime.getRuntime().availableProcessors() + 3;
        List<KernelProducer> producers = new ArrayList<>();
        List<RingBuffer> rings = new ArrayList<>();
        List<FutureTask<Long>> taken = new ArrayList<>();
        try {
            for (int i = 0; i < waiters; i++) {
                KernelProducer producer = new KernelProducer(4096);
                producers.add(producer);
                RingBuffer ring = RingBuffer.open(producer.map);
                rings.add(ring);
                taken.add(new FutureTask<>(() -> ring.take(event -> event.getLong(0))));
                untilParked(Thread.startVirtualThread(taken.getLast()));
            }
            AtomicInteger others = new AtomicInteger();
            for (int i = 0; i < 100; i++) {
                Thread.startVirtualThread(others::incrementAndGet).join();
            }
            assertEquals(100, others.get());
            assertTrue(taken.stream().noneMatch(FutureTask::isDone));
            for (int i = waiters - 1; i >= 0; i--) {
                assertTrue(producers.get(i).send(1000 + i));
                assertEquals(1000 + i, taken.get(i).get());
            }
            assertTrue(waitThreadRuns());
        } finally {
            rings.forEach(RingBuffer::close);
            producers.forEach(KernelProducer::close);
        }
        assertFalse(waitThreadRuns(), "the last close ends the thread");
    }

    @Test
    void noWakeUpIsLost() throws Exception {
        int records = 3000;
        try (KernelProducer producer = new KernelProducer();
                RingBuffer ring = RingBuffer.open(producer.map)) {
            FutureTask<Integer> consumed = new FutureTask<>(() -> {
                int[] next = {0};
                while (next[0] < records) {
                    int count = ring.poll(FOREVER, event -> assertEquals(next[0]++, event.getLong(0)));
                    assertTrue(count > 0);
                }
                return next[0];
            });
            Thread.startVirtualThread(consumed);
            assertEquals(records, producer.send(0, records));
            assertEquals(records, consumed.get());
        }
    }

    @Test
    void whatEndsAWaitEndsThatOfAVirtualThread() throws Exception {
        try (KernelProducer producer = new KernelProducer()) {
            for (int end = 0; end < 4; end++) {
                RingBuffer ring = RingBuffer.open(producer.map);
                Duration time = end == 3 ? Duration.ofMillis(1) : FOREVER;
                FutureTask<Integer> polled = new FutureTask<>(() -> ring.poll(time, event -> {}));
                Thread thread = Thread.startVirtualThread(polled);
                if (end < 3) {
                    untilParked(thread);
                }
                switch (end) {
                    case 0 -> thread.interrupt();
                    case 1 -> ring.wakeup();
                    case 2 -> ring.close();
                    default -> {}
                }
                assertEquals(0, polled.get());
                ring.close();
            }
        }
        assertFalse(waitThreadRuns());
    }

    /** A virtual thread that closes what another one waits for ends the shared thread itself. */
    @Test
    void virtualThreadsMayClose() throws Exception {
        try (KernelProducer producer = new KernelProducer()) {
            for (int i = 0; i < 50; i++) {
                RingBuffer ring = RingBuffer.open(producer.map);
                Thread waiter = Thread.startVirtualThread(() -> {
                    try {
                        ring.poll(FOREVER, event -> {});
                    } catch (ClosedEventsException e) {
                        // came too late
                    }
                });
                Thread closer = Thread.startVirtualThread(ring::close);
                waiter.join();
                closer.join();
                assertFalse(waitThreadRuns());
            }
        }
    }
}
