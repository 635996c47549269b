package dev.ebpf4j.rings;

import java.util.List;

/**
 * How long busy mode leaves rings alone between two looks at them. A consumer that runs after each record makes the CPUs
 * pass the memory with the positions and the record's header back and forth, and both get a fifth of the speed; one that
 * waits too long lets the ring overflow. So the pause is usual as long as little comes; when a ring fills fast, it is made as
 * long as a share of the ring takes.
 */
final class Backoff {
    private static final long USUAL_NANOS = 20_000;
    private static final long SHORTEST_NANOS = 1_000;
    private static final long LONGEST_NANOS = 65_000;

    /** What a ring may be filled to at a look, of {@link #FULL}. */
    private static final int LITTLE = 8;

    private static final int LESS_THAN_WANTED = 64;
    private static final int MORE_THAN_WANTED = 128;
    private static final int FULL = 256;

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
            fill = Math.max(fill, FULL * channel.unread() / channel.capacity());
        }
        pause = after(fill, pause);
    }

    /** The pause that follows one in which the fullest ring was filled so far. */
    static long after(long fill, long pause) {
        if (fill < LITTLE) {
            return USUAL_NANOS;
        } else if (fill < LESS_THAN_WANTED) {
            return Math.min(pause + pause / 4, LONGEST_NANOS);
        } else if (fill > MORE_THAN_WANTED) {
            return Math.max(pause / 2, SHORTEST_NANOS);
        }
        return pause;
    }

    /** To be called right after a look. */
    void looked() {
        last = System.nanoTime();
    }
}
