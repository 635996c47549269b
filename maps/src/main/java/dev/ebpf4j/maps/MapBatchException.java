package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;

/** The kernel refused an element of a batch. Those before it are written or deleted; its {@link #getCause cause} says why. */
public final class MapBatchException extends BpfException {
    private static final long serialVersionUID = 1L;

    /** How many elements went well. */
    private final int done;

    MapBatchException(BpfException cause, int done, int count) {
        super(cause.operation(), cause.errno(), cause.getMessage() + "\n  after " + done + " of " + count, cause);
        this.done = done;
    }

    /** {@return how many elements went well: the index of the one that did not} */
    public int done() {
        return done;
    }
}
