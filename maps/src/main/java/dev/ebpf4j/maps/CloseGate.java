package dev.ebpf4j.maps;

import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a map's descriptor from being closed while a thread is in a system call with it: the kernel would give its number
 * to the next file that is opened, and the call would meet that.
 *
 * <p>An operation marks its {@link Scratch}, then asks {@link #isClosed}; closing says so first, then looks for marks and
 * waits until there are none. A processor may defer the mark until after the question, and a fence against that would be
 * the dearest part of an operation; so the closing thread makes all others pass a safepoint in between, after which
 * either the mark can be seen or the question has not been asked yet.
 */
final class CloseGate {
    private final Set<Scratch> scratches = Collections.newSetFromMap(new WeakHashMap<>());
    private volatile boolean closed;

    boolean isClosed() {
        return closed;
    }

    /** Has the memory of a thread watched, before its first operation. */
    void watch(Scratch scratch) {
        synchronized (scratches) {
            scratches.add(scratch);
        }
    }

    /** Closes, and returns when nobody is in an operation any more; false if it was closed before. */
    boolean close() {
        List<Scratch> others;
        synchronized (scratches) {
            if (closed) {
                return false;
            }
            closed = true;
            others = scratches.stream()
                    .filter(scratch -> !Thread.currentThread().equals(scratch.owner))
                    .toList();
        }
        if (!others.isEmpty()) {
            passSafepoint();
            others.forEach(CloseGate::await);
        }
        return true;
    }

    /** Closing shared memory waits until each thread has passed a safepoint, as {@code ScopedMemoryAccess} has it. */
    private static void passSafepoint() {
        Arena.ofShared().close();
    }

    private static void await(Scratch scratch) {
        while (scratch.isBusy()) {
            LockSupport.parkNanos(10_000); // operations take less than a microsecond, batches a millisecond
        }
    }
}
