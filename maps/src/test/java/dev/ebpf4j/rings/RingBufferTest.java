package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.KernelMaps;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RingBufferTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final ScriptedSys sys = new ScriptedSys();
    private final List<SyntheticRing> rings = new ArrayList<>();

    private RingBuffer open(int count, int size) {
        for (int i = 0; i < count; i++) {
            rings.add(new SyntheticRing(sys, size));
        }
        sys.onMmap((fd, offset, length, protection) -> rings.stream()
                .filter(r -> r.map.fd() == fd)
                .map(r -> r.mapping(offset))
                .filter(m -> m.byteSize() == length && protection == (offset == 0 ? 3 : 1))
                .findFirst()
                .orElse(null));
        return RingBuffer.open(rings.stream().map(r -> r.map).toArray(BpfMap[]::new));
    }

    private void assertNothingLeft() {
        rings.forEach(r -> r.map.close());
        assertEquals(Set.of(), sys.leaks());
    }

    private long waits() {
        return sys.calls().stream().filter(c -> c.name().equals("epoll_wait")).count();
    }

    @Test
    void handsOutCommittedRecordsInOrder() {
        try (RingBuffer buffer = open(1, 4096)) {
            SyntheticRing ring = rings.getFirst();
            List<byte[]> seen = new ArrayList<>();
            for (int length : new int[] {1, 8, 13, 0, 64, 64}) {
                ring.put(length, length);
            }
            assertEquals(6, buffer.consume(event -> seen.add(event.toArray())));
            assertArrayEquals(new byte[] {13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25}, seen.get(2));
            assertEquals(
                    List.of(1, 8, 13, 0, 64, 64),
                    seen.stream().map(b -> b.length).toList());
            assertEquals(16 + 16 + 24 + 8 + 72 + 72, ring.consumed());
            assertEquals(0, buffer.consume(event -> seen.clear()));
        }
        assertNothingLeft();
    }

    @Test
    void stopsAtBusyAndSkipsDiscarded() {
        try (RingBuffer buffer = open(1, 4096)) {
            SyntheticRing ring = rings.getFirst();
            List<Integer> seen = new ArrayList<>();
            EventConsumer consumer = event -> seen.add((int) event.getByte(0));
            long dropped = ring.reserve(100);
            long late = ring.reserve(8);
            ring.put(8, 3);
            ring.discard(dropped, 100);
            assertEquals(0, buffer.consume(consumer), "the head is busy after the discarded one");
            assertEquals(112, ring.consumed(), "a discarded record frees its room at once");
            ring.fill(late, 8, 2);
            ring.commit(late, 8);
            assertEquals(2, buffer.consume(consumer));
            ring.discard(ring.reserve(8), 8);
            assertEquals(0, buffer.consume(consumer), "discarded records do not count");
            assertEquals(List.of(2, 3), seen);
        }
    }

    @Test
    void aRecordWhoseConsumerThrewIsConsumed() {
        try (RingBuffer buffer = open(1, 4096)) {
            rings.getFirst().put(8, 1);
            rings.getFirst().put(8, 2);
            assertThrows(
                    ArithmeticException.class,
                    () -> buffer.consume(event -> {
                        throw new ArithmeticException();
                    }));
            assertEquals(16, rings.getFirst().consumed());
            assertEquals(1, buffer.consume(event -> assertEquals(2, event.getByte(0))));
        }
        assertNothingLeft();
    }

    @Test
    void consumeNIsExactAndStarvesNoRing() {
        try (RingBuffer buffer = open(3, 4096)) {
            for (SyntheticRing ring : rings) {
                for (int i = 0; i < 5; i++) {
                    ring.put(8, i);
                }
            }
            assertEquals(0, buffer.consumeN(0, event -> {
                throw new AssertionError("0 means none");
            }));
            assertEquals(1, buffer.consumeN(1, event -> {}));
            assertEquals(1, buffer.consumeN(1, event -> {}));
            assertEquals(1, buffer.consumeN(1, event -> {}));
            assertEquals(
                    List.of(16L, 16L, 16L),
                    rings.stream().map(SyntheticRing::consumed).toList());
            assertEquals(7, buffer.consumeN(7, event -> {}));
            assertEquals(5, buffer.consumeN(100, event -> {}));
            assertThrows(IllegalArgumentException.class, () -> buffer.consumeN(-1, event -> {}));
        }
        assertNothingLeft();
    }

    @Test
    void aLentRecordIsGoneAfterTheCall() {
        try (RingBuffer buffer = open(1, 4096)) {
            rings.getFirst().put(16, 1);
            AtomicReference<Event> kept = new AtomicReference<>();
            AtomicReference<MemorySegment> segment = new AtomicReference<>();
            assertEquals(1, buffer.consume(event -> {
                kept.set(event);
                segment.set(event.segment());
                assertEquals(16, event.size());
                assertEquals(0x0807060504030201L, event.getLong(0));
                assertEquals(0x05040302, event.getInt(1));
                assertEquals(0x100f, event.getShort(14));
                assertEquals(16, segment.get().get(JAVA_BYTE, 15));
                assertTrue(segment.get().isReadOnly(), "the kernel maps the page read-only");
                assertThrows(IndexOutOfBoundsException.class, () -> event.getLong(9));
                assertThrows(IndexOutOfBoundsException.class, () -> event.getByte(-1));
                assertThrows(IndexOutOfBoundsException.class, () -> event.getByte(16));
                assertThrows(IndexOutOfBoundsException.class, () -> event.getString(0, 17));
            }));
            assertThrows(IllegalStateException.class, () -> kept.get().getByte(0));
            assertThrows(IllegalStateException.class, () -> kept.get().size());
            assertThrows(IllegalStateException.class, () -> kept.get().toArray());
            assertThrows(IllegalStateException.class, () -> kept.get().segment());
            assertThrows(IllegalStateException.class, () -> segment.get().get(JAVA_BYTE, 0));
        }
    }

    @Test
    void pollWaitsForARecord() {
        try (RingBuffer buffer = open(1, 4096)) {
            SyntheticRing ring = rings.getFirst();
            CompletableFuture<Integer> polled = CompletableFuture.supplyAsync(
                    () -> buffer.poll(FOREVER, event -> assertEquals(7, event.getByte(0))));
            ring.put(8, 7);
            sys.setReady(ring.map.fd(), true);
            assertEquals(1, polled.join());
            sys.setReady(ring.map.fd(), false);
            assertEquals(0, buffer.poll(Duration.ofMillis(1), event -> {}));
            assertEquals(0, buffer.poll(Duration.ofSeconds(-5), event -> {}));
        }
        assertNothingLeft();
    }

    @Test
    void pollOutlastsABusyHead() {
        try (RingBuffer buffer = open(1, 4096)) {
            SyntheticRing ring = rings.getFirst();
            long record = ring.reserve(8);
            sys.setReady(ring.map.fd(), true);
            CompletableFuture<Integer> polled = CompletableFuture.supplyAsync(() -> buffer.poll(FOREVER, event -> {}));
            while (waits() < 100) {
                Thread.onSpinWait();
            }
            ring.commit(record, 8);
            assertEquals(1, polled.join());
        }
    }

    @Test
    void interruptionBySignalIsRetriedWithinTheTime() {
        try (RingBuffer buffer = open(1, 4096)) {
            sys.interrupt(3);
            CompletableFuture<Integer> polled =
                    CompletableFuture.supplyAsync(() -> buffer.poll(Duration.ofMinutes(1), event -> {}));
            while (waits() < 3) {
                Thread.onSpinWait();
            }
            rings.getFirst().put(8, 1);
            sys.setReady(rings.getFirst().map.fd(), true);
            assertEquals(1, polled.join());
        }
    }

    @Test
    void wakeupEndsAPollAndIsUsedUp() {
        try (RingBuffer buffer = open(1, 4096)) {
            CompletableFuture<Integer> polled = CompletableFuture.supplyAsync(() -> buffer.poll(FOREVER, event -> {}));
            buffer.wakeup();
            assertEquals(0, polled.join());
            buffer.wakeup();
            buffer.wakeup();
            assertEquals(0, buffer.poll(FOREVER, event -> {}), "a wake-up before the poll counts");
            rings.getFirst().put(8, 1);
            assertEquals(1, buffer.poll(FOREVER, event -> {}));
        }
    }

    @Test
    void closeEndsAPollOfAnotherThread() throws InterruptedException {
        RingBuffer buffer = open(2, 4096);
        CountDownLatch polling = new CountDownLatch(1);
        rings.getFirst().put(8, 1);
        CompletableFuture<Integer> polled = CompletableFuture.supplyAsync(() -> {
            buffer.poll(FOREVER, event -> polling.countDown());
            return buffer.poll(FOREVER, event -> {});
        });
        polling.await();
        buffer.close();
        // Either the second poll was ended by close, or it came too late.
        assertTrue(polled.handle((count, e) -> e != null || count == 0).join());
        assertNothingLeft();
    }

    @Test
    void theConsumerMayClose() {
        RingBuffer buffer = open(1, 4096);
        rings.getFirst().put(8, 1);
        rings.getFirst().put(8, 2);
        assertEquals(1, buffer.poll(FOREVER, event -> {
            buffer.close();
            assertEquals(1, event.getByte(0), "the record stays until the consumer returns");
        }));
        assertThrows(IllegalStateException.class, () -> buffer.consume(event -> {}));
        buffer.wakeup();
        buffer.close();
        assertNothingLeft();
    }

    @Test
    void theConsumerMayNotPoll() {
        try (RingBuffer buffer = open(1, 4096)) {
            rings.getFirst().put(8, 1);
            assertThrows(IllegalStateException.class, () -> buffer.consume(event -> buffer.consume(inner -> {})));
        }
    }

    @Test
    void everyFailureOfOpenLeavesNothing() {
        int maps = 2;
        int before;
        try (RingBuffer buffer = open(maps, 4096)) {
            before = sys.count();
            assertEquals(0, buffer.consume(event -> {}));
        }
        assertNothingLeft();
        for (int call = maps + 1; call <= before; call++) {
            ScriptedSys failing = new ScriptedSys().failAt(call, Errno.ENOMEM);
            BpfMap[] two = {
                KernelMaps.create(failing, SyntheticRing.spec(4096)),
                KernelMaps.create(failing, SyntheticRing.spec(4096))
            };
            BpfException e = assertThrows(BpfException.class, () -> RingBuffer.open(two));
            assertTrue(e.errno().is(Errno.ENOMEM));
            two[0].close();
            two[1].close();
            assertEquals(Set.of(), failing.leaks(), "after call " + call);
        }
    }

    @Test
    void onlyRingBuffersAreTaken() {
        try (BpfMap hash = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 4, 1));
                BpfMap odd = KernelMaps.create(sys, SyntheticRing.spec(5000))) {
            assertThrows(IllegalArgumentException.class, () -> RingBuffer.open(hash));
            assertThrows(IllegalArgumentException.class, () -> RingBuffer.open(odd));
            assertThrows(IllegalArgumentException.class, RingBuffer::open);
        }
        assertEquals(Set.of(), sys.leaks());
    }

    /** A producer on another thread commits out of order, discards some, and laps the small ring many times. */
    @Test
    @SuppressWarnings("ThreadPriorityCheck") // two busy threads may have to share one CPU
    void losesNothingToAConcurrentProducer() {
        int total = 20_000;
        try (RingBuffer buffer = open(1, 4096)) {
            SyntheticRing ring = rings.getFirst();
            CompletableFuture<Integer> produced = CompletableFuture.supplyAsync(() -> produce(ring, total));
            int[] next = {0};
            while (next[0] < total) {
                buffer.consume(event -> {
                    int number = next[0]++;
                    assertEquals(4 + number % 61, event.size());
                    assertEquals((byte) number, event.getByte(0));
                    assertEquals((byte) (number + event.size() - 1), event.getByte(event.size() - 1));
                });
                if (produced.isCompletedExceptionally()) {
                    break;
                }
                Thread.yield();
            }
            int discarded = produced.join();
            assertTrue(discarded > 0);
            assertEquals(0, buffer.consume(event -> {}));
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // as above
    private static int produce(SyntheticRing ring, int total) {
        Random random = new Random(42);
        int discarded = 0;
        for (int number = 0; number < total && !Thread.currentThread().isInterrupted(); ) {
            int length = 4 + number % 61;
            int droppedLength = random.nextInt(64);
            long dropped = random.nextInt(4) == 0 ? ring.reserve(droppedLength) : -1;
            long record = ring.reserve(length);
            if (record >= 0) {
                ring.fill(record, length, number++);
                ring.commit(record, length);
            } else {
                Thread.yield();
            }
            if (dropped >= 0) {
                discarded++;
                ring.discard(dropped, droppedLength);
            }
        }
        return discarded;
    }

    @Test
    void kernelRingBufferCanBeOpenedAndPolled() {
        try (BpfMap map = KernelMaps.create(SyntheticRing.spec(256 * 1024));
                RingBuffer buffer = RingBuffer.open(map)) {
            assertEquals(0, buffer.poll(Duration.ofMillis(1), event -> {}));
            buffer.wakeup();
            assertEquals(0, buffer.poll(FOREVER, event -> {}));
            CompletableFuture<Integer> polled = CompletableFuture.supplyAsync(() -> buffer.poll(FOREVER, event -> {}));
            buffer.wakeup();
            assertEquals(0, polled.join());
        }
    }
}
