package dev.ebpf4j.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.KernelResources;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** However a block with an attached object ends, the object is detached and closed behind it. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
@Timeout(60)
class ExitTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    /** More than twice as many as are closed side by side. */
    private static final int MANY_LINKS = 40;

    private static final class UsersException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private KernelResources before = new KernelResources(Set.of());

    @BeforeEach
    void remember() {
        Sources.good(); // what is made once is not a leak
        before = KernelResources.now();
    }

    private void assertNothingLeft(List<Link> links) {
        assertEquals(2, links.size());
        links.forEach(link -> assertFalse(link.isOpen(), link::toString));
        assertEquals(List.of(), KernelResources.now().since(before));
    }

    @Test
    void anExceptionInTheCallback() throws IOException, InterruptedException {
        AtomicReference<List<Link>> links = new AtomicReference<>(List.of());
        UsersException thrown = assertThrows(UsersException.class, () -> {
            try (LoadedObject object = BpfLoader.load(Sources.good());
                    RingBuffer ring = RingBuffer.open(object.map("events"))) {
                links.set(object.attachAll());
                new ProcessBuilder("true").start().waitFor();
                ring.poll(LONG, event -> {
                    throw new UsersException();
                });
            }
        });
        assertEquals(0, thrown.getSuppressed().length);
        assertNothingLeft(links.get());
    }

    @Test
    void afterAnExceptionInTheCallbackTheRingGoesOnBehindTheRecord() throws IOException, InterruptedException {
        try (LoadedObject object = BpfLoader.load(Sources.good());
                RingBuffer ring = RingBuffer.open(object.map("events"));
                Link link = object.program("on_exec").attach()) {
            assertTrue(link.isOpen());
            new ProcessBuilder("true").start().waitFor();
            assertThrows(
                    UsersException.class,
                    () -> ring.poll(LONG, event -> {
                        throw new UsersException();
                    }));
            new ProcessBuilder("true").start().waitFor();
            assertTrue(ring.poll(LONG, event -> {}) > 0);
        }
    }

    @Test
    void anExceptionInTheBody() {
        AtomicReference<List<Link>> links = new AtomicReference<>(List.of());
        assertThrows(UsersException.class, () -> {
            try (LoadedObject object = BpfLoader.load(Sources.good())) {
                links.set(object.attachAll());
                throw new UsersException();
            }
        });
        assertNothingLeft(links.get());
    }

    /** A poll does not see interrupts: the thread's owner wakes it up, and the loop asks for the interrupt. */
    @Test
    void anInterrupt() throws InterruptedException {
        AtomicReference<List<Link>> links = new AtomicReference<>(List.of());
        AtomicReference<RingBuffer> open = new AtomicReference<>();
        CountDownLatch attached = new CountDownLatch(1);
        Thread consumer = Thread.ofPlatform().start(() -> {
            try (LoadedObject object = BpfLoader.load(Sources.good());
                    RingBuffer ring = RingBuffer.open(object.map("events"))) {
                links.set(object.attachAll());
                open.set(ring);
                attached.countDown();
                while (!Thread.interrupted()) {
                    ring.poll(LONG, event -> {});
                }
            }
        });
        attached.await();
        consumer.interrupt();
        open.get().wakeup();
        consumer.join();
        assertNothingLeft(links.get());
    }

    /** The documented loop of the README, without a wake-up: the interrupt ends it at the next time-out. */
    @Test
    void anInterruptWithoutAWakeup() throws InterruptedException {
        AtomicReference<List<Link>> links = new AtomicReference<>(List.of());
        CountDownLatch attached = new CountDownLatch(1);
        Thread consumer = Thread.ofPlatform().start(() -> {
            try (LoadedObject object = BpfLoader.load(Sources.good());
                    RingBuffer ring = RingBuffer.open(object.map("events"))) {
                links.set(object.attachAll());
                attached.countDown();
                while (!Thread.interrupted()) {
                    ring.poll(Duration.ofMillis(50), event -> {});
                }
            }
        });
        attached.await();
        consumer.interrupt();
        consumer.join();
        assertNothingLeft(links.get());
    }

    @Test
    void anInterruptedThreadLoadsAndClosesAllTheSame() {
        ObjectSpec good = Sources.good();
        List<Link> links = new ArrayList<>();
        Thread.currentThread().interrupt();
        try (LoadedObject object = BpfLoader.load(good)) {
            links.addAll(object.attachAll());
        } finally {
            assertTrue(Thread.interrupted(), "the interrupt is the caller's");
        }
        assertNothingLeft(links);
    }

    @Test
    void anInterruptDoesNotKeepManyLinksFromBeingClosed() {
        ObjectSpec good = Sources.good();
        List<Link> links = new ArrayList<>();
        try (LoadedObject object = BpfLoader.load(good)) {
            for (int i = 0; i < MANY_LINKS; i++) {
                links.add(object.program("on_exit").attach());
            }
            Thread.currentThread().interrupt();
        } finally {
            assertTrue(Thread.interrupted(), "the interrupt is the caller's");
        }
        links.forEach(link -> assertFalse(link.isOpen(), link::toString));
        assertEquals(List.of(), KernelResources.now().since(before));
    }
}
