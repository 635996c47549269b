package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.ThreadMXBean;
import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.hot.HotClass;
import dev.ebpf4j.hot.HotCopies;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the loop over the records of a ring promises, whatever the consumer does. */
@Timeout(120)
class RingLoopTest {
    private static final int SIZE = 4096;

    private final ScriptedSys sys = new ScriptedSys();
    private final SyntheticRing ring = new SyntheticRing(sys, SIZE);
    private final SyntheticRing other = new SyntheticRing(sys, SIZE);
    private long sum;

    private RingBuffer open(SyntheticRing... rings) {
        sys.onMmap((fd, offset, length, protection) -> (fd == ring.map.fd() ? ring : other).mapping(offset));
        BpfMap[] maps = new BpfMap[rings.length];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = rings[i].map;
        }
        return RingBuffer.open(maps);
    }

    /** Trap 29: the failed record is consumed, those before it too, those after it are not. */
    @Test
    void aConsumerThatThrowsHasConsumedItsRecord() {
        try (RingBuffer buffer = open(ring)) {
            for (int i = 0; i < 5; i++) {
                ring.put(8, i);
            }
            List<Integer> seen = new ArrayList<>();
            EventConsumer failing = event -> {
                seen.add((int) event.getByte(0));
                if (event.getByte(0) == 2) {
                    throw new ArithmeticException("on purpose");
                }
            };
            assertThrows(ArithmeticException.class, () -> buffer.consume(failing));
            assertEquals(3 * 16, ring.consumed());
            assertEquals(2, buffer.consume(failing));
            assertEquals(List.of(0, 1, 2, 3, 4), seen);
        }
    }

    /** A segment of one record is gone when the next record comes, although the loop is the same. */
    @Test
    void aSegmentEndsWithItsRecord() {
        try (RingBuffer buffer = open(ring)) {
            ring.put(8, 1);
            ring.put(8, 2);
            List<MemorySegment> kept = new ArrayList<>();
            assertEquals(2, buffer.consume(event -> {
                assertEquals(kept.size() + 1, event.segment().get(JAVA_BYTE, 0));
                kept.add(event.segment());
                for (MemorySegment old : kept.subList(0, kept.size() - 1)) {
                    assertThrows(IllegalStateException.class, () -> old.get(JAVA_BYTE, 0));
                }
            }));
            assertThrows(IllegalStateException.class, () -> kept.getLast().get(JAVA_BYTE, 0));
        }
    }

    /** A codec of somebody else, which looks behind the value and keeps the memory. */
    private static final class NosyCodec implements Codec<Byte> {
        private final List<MemorySegment> kept = new ArrayList<>();

        @Override
        public int size() {
            return 1;
        }

        @Override
        public Codec<Byte> bind(TypeRef type) {
            return this;
        }

        @Override
        public Byte read(MemorySegment source, long offset) {
            kept.add(source);
            return source.get(JAVA_BYTE, offset + 8);
        }

        @Override
        public void write(Byte value, MemorySegment target, long offset) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aCodecOfSomebodyElseSeesTheRecordAndNoMore() {
        try (RingBuffer buffer = open(ring)) {
            ring.put(8, 1);
            ring.put(8, 2);
            NosyCodec nosy = new NosyCodec();
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.consume(event -> event.read(nosy)));
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.consume(EventConsumer.of(nosy, value -> {})));
            for (MemorySegment kept : nosy.kept) {
                assertThrows(IllegalStateException.class, () -> kept.get(JAVA_BYTE, 0));
            }
            assertEquals(2, nosy.kept.size());
        }
    }

    /** A ring whose every record brings another one is left after as many bytes as it holds. */
    @Test
    void aRingThatIsFilledAsItIsReadDoesNotStarveTheOther() {
        try (RingBuffer buffer = open(ring, other)) {
            ring.put(56, 0);
            other.put(56, 0);
            int[] counts = new int[2];
            for (int pass = 0; pass < 2; pass++) {
                int count = buffer.consume(event -> {
                    if (event.map() == ring.map) {
                        counts[0]++;
                        ring.put(56, 0);
                    } else {
                        counts[1]++;
                    }
                });
                assertTrue(count <= 1 + SIZE / 64, "one pass took " + count);
            }
            assertEquals(1, counts[1]);
            assertTrue(counts[0] >= SIZE / 64, "took " + counts[0]);
        }
    }

    /** With more discarded records than a ring holds, 0 would say that nothing is there. */
    @Test
    void discardedRecordsAloneEndNoPass() {
        try (RingBuffer buffer = open(ring)) {
            for (int i = 0; i < 100; i++) {
                ring.discard(ring.reserve(0), 0);
            }
            ring.put(8, 7);
            assertEquals(1, buffer.consume(event -> assertEquals(7, event.getByte(0))));
            assertEquals(100, buffer.discarded());
        }
    }

    /** Trap 29 by a producer on another thread: two records open at a time, committed in any order, late. */
    @Test
    void delayedCommitsKeepTheOrder() {
        int total = 20_000;
        try (RingBuffer buffer = open(ring)) {
            CompletableFuture<Void> produced = CompletableFuture.runAsync(() -> produceLate(total));
            int[] next = {0};
            while (next[0] < total && !produced.isCompletedExceptionally()) {
                buffer.consume(event -> {
                    assertEquals((byte) next[0], event.getByte(0));
                    assertEquals((byte) (next[0]++ + event.size() - 1), event.getByte(event.size() - 1));
                });
                relax();
            }
            produced.join();
            assertEquals(ring.produced(), ring.consumed());
        }
    }

    private void produceLate(int total) {
        Random random = new Random(5);
        for (int number = 0; number < total; number += 2) {
            int first = 1 + random.nextInt(100);
            int second = 1 + random.nextInt(100);
            while (ring.produced() + SyntheticRing.stride(first) + SyntheticRing.stride(second) - ring.consumed()
                    >= SIZE) {
                relax();
            }
            long one = ring.reserve(first);
            long two = ring.reserve(second);
            ring.fill(two, second, number + 1);
            if (random.nextBoolean()) {
                ring.commit(two, second);
                relax();
                ring.fill(one, first, number);
                ring.commit(one, first);
            } else {
                ring.fill(one, first, number);
                ring.commit(one, first);
                relax();
                ring.commit(two, second);
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // two busy threads may have to share one CPU
    private static void relax() {
        Thread.yield();
    }

    @Test
    void classesHaveLoopsOfTheirOwnAndInstancesShareThem() {
        Ring.Loop plain = new RingLoop();
        HotCopies<Ring.Loop> copies =
                new HotCopies<>(new HotClass<>(MethodHandles.lookup(), RingLoop.class, Ring.Loop.class), plain);
        EventConsumer[] lambdas = new EventConsumer[2];
        for (int i = 0; i < 2; i++) {
            int captured = i;
            lambdas[i] = event -> sum += captured;
        }
        EventConsumer different = event -> sum--;
        assertSame(plain, copies.of(lambdas[0].getClass()), "one class of consumers needs no copy");
        assertSame(plain, copies.of(lambdas[1].getClass()));
        Ring.Loop copy = copies.of(different.getClass());
        assertNotSame(plain, copy);
        assertTrue(copy.getClass().isHidden());
        assertSame(copy, copies.of(different.getClass()));
        assertNotSame(copy.getClass(), copies.of(String.class).getClass());
    }

    /** By the JVM's own count. It takes some rounds until all of it is compiled by the compiler that leaves objects out. */
    @Test
    void recordsAndPassesAllocateNothing() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        String level = jvm.getVMOption("TieredStopAtLevel").getValue();
        assumeTrue(level.equals("4"), "this JVM may not compile well enough: -XX:TieredStopAtLevel=" + level);
        try (RingBuffer buffer = open(ring)) {
            int passes = 2_000;
            EventConsumer consumer = event -> sum += event.getLong(0);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 50 && least > passes; round++) {
                least = Math.min(least, allocatedBy(buffer, consumer, passes));
            }
            long bytes = least;
            assertTrue(bytes <= passes, () -> bytes + " bytes for " + passes + " passes");
        }
    }

    private long allocatedBy(RingBuffer buffer, EventConsumer consumer, int passes) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < passes; i++) {
            for (int k = 0; k < 10; k++) {
                ring.put(56, k);
            }
            if (buffer.consume(consumer) != 10) {
                throw new AssertionError("10 records were there");
            }
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
