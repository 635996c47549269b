package dev.ebpf4j.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.rings.RingBuffer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What programs on several CPUs write into a ring buffer comes out of it: whole, in order, and nothing uncounted. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
@Timeout(600)
class RingBufferContentTest {
    /** How many; a system property, for machines where these take too long. */
    private static final long RECORDS = Long.getLong("ebpf4j.ring.records", 10_000_000);

    /**
     * Parity row 51: order per producer and every byte of records of 1 to 4096 bytes, busy and discarded ones among them;
     * what the programs could not write is what is missing. It begins with a full ring, so that this happens.
     */
    @Test
    void everyByteOfEveryProducerArrivesInOrder() throws IOException {
        try (RingProducers producers = new RingProducers(64 << 20);
                RingBuffer buffer = RingBuffer.open(producers.ring())) {
            producers.fill(0);
            CompletableFuture<?>[] running = IntStream.range(0, RingProducers.PRODUCERS)
                    .mapToObj(p -> producers.start(p, RECORDS / RingProducers.PRODUCERS))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture<Void> all =
                    CompletableFuture.allOf(running).whenComplete((nothing, failure) -> buffer.wakeup());
            while (!all.isDone()) {
                int count = buffer.poll(Duration.ofSeconds(60), producers::check);
                assertTrue(count > 0 || all.isDone(), "a poll that timed out missed a wake-up");
            }
            all.join();
            buffer.drain(producers::check);
            producers.checkCounts(buffer.discarded());
            assertTrue(producers.received() >= RECORDS / RingProducers.PRODUCERS * RingProducers.PRODUCERS);
            assertTrue(producers.dropped(0) > 0);
            assertTrue(producers.everySize());
            assertEquals(0, buffer.lost(), "the kernel refused, but took nothing back");
        }
    }
}
