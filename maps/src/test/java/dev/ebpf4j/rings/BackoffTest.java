package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BackoffTest {
    /** Where the pause ends up when a ring of 256 KiB is filled at this rate. */
    private static long settled(double bytesPerNano) {
        long pause = 20_000;
        for (int look = 0; look < 1000; look++) {
            pause = Backoff.after((long) Math.min(256, 256 * bytesPerNano * pause / (256 * 1024)), pause);
        }
        return pause;
    }

    @Test
    void littleTrafficKeepsTheUsualPause() {
        assertEquals(20_000, settled(0));
        assertEquals(20_000, settled(0.1));
    }

    /** What a CPU sends was measured: 2 bytes/ns of small records, 12 of those of 1 KiB. */
    @Test
    void aRingThatFillsFastIsNeverFull() {
        for (double rate = 0.5; rate < 100; rate *= 1.1) {
            double fill = settled(rate) * rate / (256 * 1024);
            assertTrue(fill <= 0.55, rate + " bytes/ns fill " + fill + " of the ring");
        }
        assertEquals(65_000, settled(0.8));
        assertTrue(settled(12) < 12_000);
    }
}
