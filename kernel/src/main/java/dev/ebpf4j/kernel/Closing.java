package dev.ebpf4j.kernel;

import dev.ebpf4j.attach.Link;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Closes what belongs together. */
final class Closing {
    private static final int MOST_THREADS = 16;

    private Closing() {}

    /** Closes everything, the newest first; what goes wrong is added to {@code failure}. */
    static void undo(Deque<AutoCloseable> made, Throwable failure) {
        undo(made, 0, failure);
    }

    /** Closes all but the oldest {@code kept}. */
    static void undo(Deque<AutoCloseable> made, int kept, Throwable failure) {
        while (made.size() > kept) {
            try {
                made.pop().close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Closes links side by side: the kernel makes each caller wait until no CPU runs the program, some 70 ms for a
     * tracepoint, and waits of several callers overlap.
     */
    static void closeLinks(List<Link> links) {
        if (links.size() < 2) {
            links.forEach(Link::close);
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(links.size(), MOST_THREADS));
        links.forEach(link -> threads.execute(link::close));
        threads.shutdown();
        awaitEnd(threads);
    }

    /** An interrupt of this thread must not keep links open, as it would in {@link ExecutorService#close}. */
    private static void awaitEnd(ExecutorService threads) {
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
