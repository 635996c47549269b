package dev.ebpf4j.maps;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Memory that virtual threads borrow for one operation each, so that a million of them do not keep memory of their own. A
 * virtual thread keeps what it borrowed while it waits in the middle of an operation, whichever thread carries it then.
 *
 * <p>What finds no place here is left to the garbage collector: what waits is as much as the processors can use at a time.
 */
final class ScratchPool {
    private static final int PLACES =
            Integer.highestOneBit(Math.max(8, Runtime.getRuntime().availableProcessors())) * 2;

    private final AtomicReferenceArray<@Nullable Scratch> places = new AtomicReferenceArray<>(PLACES);

    /** One that nobody else has; null if none is here. */
    @Nullable
    Scratch take() {
        for (int i = 0; i < PLACES; i++) {
            int place = place(i);
            Scratch scratch = places.get(place) == null ? null : places.getAndSet(place, null);
            if (scratch != null) {
                return scratch;
            }
        }
        return null;
    }

    void give(Scratch scratch) {
        for (int i = 0; i < PLACES; i++) {
            int place = place(i);
            if (places.get(place) == null && places.compareAndSet(place, null, scratch)) {
                return;
            }
        }
    }

    /** Each thread begins elsewhere, so that they seldom meet. */
    private static int place(int i) {
        return ((int) Thread.currentThread().threadId() + i) & (PLACES - 1);
    }
}
