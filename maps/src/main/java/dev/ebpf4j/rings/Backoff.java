package dev.ebpf4j.rings;

import java.util.List;

/**
 * How long busy mode leaves rings alone between two looks at them. A consumer that runs after each record makes the CPUs
 * pass the memory with the positions and the record's header back and forth, and both get a fifth of the speed; one that
 * waits too long lets the ring overflow. So the pause aims at a share of the ring, and has a limit.
 */
final class Backoff {
    /** The pause to begin with, and the longest while records come in slowly: what a record waits for at most. */
    private static final long USUAL_NANOS = 20_000;

    private static final long SHORTEST_NANOS = 1_000;

    private final List<? extends Channel> channels;
    private long pause = USUAL_NANOS;
    private long last = System.nanoTime() - USUAL_NANOS;

    Backoff(List<? extends Channel> channels) {
        this.channels = channels;
    }

    /** When to look again, of {@link System#nanoTime}. */
    long next() {
        return last + pause;
    }

    /** To be called right before a look. */
    void look() {
        long fill = 0;
        for (int i = 0; i < channels.size(); i++) {
            Channel channel = channels.get(i);
            fill = Math.max(fill, 256 * channel.unread() / channel.capacity());
        }
        if (fill > 128) {
            pause = Math.max(pause / 2, SHORTEST_NANOS);
        } else if (fill < 64) {
            pause = Math.min(pause + pause / 4, USUAL_NANOS);
        }
    }

    /** To be called right after a look. */
    void looked() {
        last = System.nanoTime();
    }
}
