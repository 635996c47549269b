package dev.ebpf4j.examples;

import java.util.concurrent.CountDownLatch;

/**
 * Ends a program in good order on Ctrl-C and SIGTERM: the JVM goes on only when everything opened after this is closed, and
 * then exits with 130 or 143. Open it first, so that it closes last.
 */
final class StopSignal implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop-signal");
    private volatile boolean asked;
    private volatile Runnable action = () -> {};

    private StopSignal() {}

    static StopSignal install() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** What makes the program look at {@link #asked}; it is run at once if the signal was faster. */
    void onStop(Runnable wakeup) {
        action = wakeup;
        if (asked) {
            wakeup.run();
        }
    }

    boolean asked() {
        return asked;
    }

    private void stop() {
        asked = true;
        action.run();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            asked = true; // the JVM is on its way down, and the hook with it
        }
    }
}
