package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ring buffers that overwrite their oldest records (Linux 6.19), played by {@link SyntheticRing} by the kernel's rules: the
 * overwrite position moves before memory is reused, and a record that is being written is never overwritten.
 */
@Timeout(120)
class OverwriteRingTest {
    private static final int SIZE = 4096;

    private final ScriptedSys sys = new ScriptedSys();
    private final SyntheticRing ring = new SyntheticRing(sys, SIZE, MapSpec.RB_OVERWRITE);
    private final List<Integer> seen = new ArrayList<>();
    private final List<Long> told = new ArrayList<>();

    private final EventConsumer collect = new EventConsumer() {
        @Override
        public void accept(Event event) {
            seen.add((int) event.getByte(0));
        }

        @Override
        public void lost(BpfMap map, int cpu, long count) {
            assertEquals(-1, cpu);
            assertEquals(ring.map, map);
            told.add(count);
        }
    };

    private RingBuffer open() {
        sys.onMmap((fd, offset, length, protection) -> ring.mapping(offset));
        return RingBuffer.open(ring.map);
    }

    @Test
    void theLatestRecordsAreThereAndTheOthersCounted() {
        try (RingBuffer buffer = open()) {
            for (int i = 0; i < 100; i++) {
                ring.put(56, i); // 64 bytes with the header
            }
            assertEquals(63, buffer.consume(collect));
            assertEquals(IntStream.range(37, 100).boxed().toList(), seen);
            assertEquals(37, buffer.lost());
            assertEquals(List.of(37L), told);
            assertEquals(37 * 64, buffer.overwrittenBytes());
            assertEquals(100 * 64, ring.consumed(), "the kernel wakes for the next one");
            assertEquals(0, buffer.consume(collect));
            ring.put(56, 100);
            assertEquals(1, buffer.consume(collect));
            assertEquals(37, buffer.lost());
        }
    }

    /** The kernel's own test (selftests/bpf, test_ringbuf_overwrite): five reservations, of which the third is refused. */
    @Test
    void recordsThatAreBeingWrittenStay() {
        try (RingBuffer buffer = open()) {
            int third = SIZE - SIZE / 2 - SIZE / 4 - 24;
            long first = ring.reserve(SIZE / 2);
            long second = ring.reserve(SIZE / 4);
            assertEquals(-1, ring.reserve(third), "all but one byte can be used");
            assertEquals(0, buffer.consume(collect), "the first is busy");
            ring.fill(first, SIZE / 2, 1);
            ring.commit(first, SIZE / 2);
            ring.fill(second, SIZE / 4, 2);
            ring.commit(second, SIZE / 4);
            ring.put(third - 8, 4);
            ring.put(third, 5);
            assertEquals(3, buffer.consume(collect));
            assertEquals(List.of(2, 4, 5), seen);
            assertEquals(SIZE / 2 + 8, buffer.overwrittenBytes());
            assertEquals(1, buffer.lost());
        }
    }

    @Test
    void discardedRecordsAreNotLost() {
        try (RingBuffer buffer = open()) {
            ring.discard(ring.reserve(8), 8);
            ring.put(8, 1);
            assertEquals(1, buffer.consume(collect));
            assertEquals(1, buffer.discarded());
            assertEquals(0, buffer.lost());
            assertEquals(List.of(), told);
        }
    }

    /** What the callback reads stays as it was, whatever the program writes meanwhile. */
    @Test
    void whatIsLentIsACopy() {
        try (RingBuffer buffer = open()) {
            ring.put(56, 1);
            assertEquals(1, buffer.consumeN(1, event -> {
                for (int i = 0; i < 200; i++) {
                    ring.put(56, 50);
                }
                assertEquals(56, event.size());
                assertEquals(1, event.getByte(0));
                assertEquals(56, event.toArray()[55]);
            }));
            assertEquals(63, buffer.consume(collect));
            assertEquals(200 - 63, buffer.lost());
        }
    }

    @Test
    void everyWholeRecordOfAFasterProducerIsReadOrCounted() {
        int total = 300_000;
        try (RingBuffer buffer = open()) {
            CompletableFuture<Void> produced = CompletableFuture.runAsync(() -> produce(total, 40, 40));
            long[] state = consumeAll(buffer, produced, total);
            assertEquals(total, state[1] + buffer.lost(), "read " + state[1] + " of " + total);
            assertEquals(48 * buffer.lost(), buffer.overwrittenBytes());
        }
    }

    @Test
    void sizesMayDiffer() {
        int total = 300_000;
        try (RingBuffer buffer = open()) {
            CompletableFuture<Void> produced = CompletableFuture.runAsync(() -> produce(total, 16, 700));
            long[] state = consumeAll(buffer, produced, total);
            assertEquals(ring.produced(), state[2] + buffer.overwrittenBytes(), "each byte is read or counted");
            assertEquals(state[1] < total, buffer.lost() > 0);
        }
    }

    private void produce(int total, int shortest, int longest) {
        for (int number = 0; number < total; number++) {
            int length = shortest + number % (longest - shortest + 1) / 8 * 8;
            long record = ring.reserve(length);
            ring.number(record, length, number);
            ring.commit(record, length);
        }
    }

    /** Consumes until the last record: the last number, how many records, how many bytes with their headers. */
    @SuppressWarnings("ThreadPriorityCheck") // two busy threads may have to share one CPU
    private long[] consumeAll(RingBuffer buffer, CompletableFuture<Void> produced, int total) {
        long[] state = {-1, 0, 0};
        while (state[0] < total - 1) {
            buffer.consume(event -> {
                long number = event.getLong(0);
                assertTrue(number > state[0], "in order");
                for (int i = 8; i < event.size(); i += 8) {
                    assertEquals(number, event.getLong(i), "no byte of another record");
                }
                state[0] = number;
                state[1]++;
                state[2] += SyntheticRing.stride(event.size());
            });
            if (produced.isCompletedExceptionally()) {
                break;
            }
            Thread.yield();
        }
        produced.join();
        return state;
    }
}
