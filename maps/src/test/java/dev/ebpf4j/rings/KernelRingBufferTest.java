package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real program writes records on one thread, while another one polls. */
@Timeout(120)
class KernelRingBufferTest {
    private static final int RECORDS = 5000;

    /** The kernel wakes the consumer only when it has caught up, so one lost wake-up would end this by the time-out. */
    @Test
    void noWakeUpIsLost() {
        try (KernelProducer producer = new KernelProducer();
                RingBuffer buffer = RingBuffer.open(producer.map)) {
            CompletableFuture<Integer> produced = CompletableFuture.supplyAsync(() -> producer.send(0, RECORDS));
            int[] next = {0};
            while (next[0] < RECORDS) {
                int count = buffer.poll(Duration.ofSeconds(100), event -> {
                    assertEquals(8, event.size());
                    assertEquals(next[0]++, event.getLong(0));
                });
                assertTrue(count > 0, "a poll that timed out missed a wake-up");
            }
            assertEquals(RECORDS, produced.join());
        }
    }
}
