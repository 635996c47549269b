package dev.ebpf4j.rings;

/** Says that records were asked of an {@link Events} that is closed, or that was closed during the wait for one. */
public final class ClosedEventsException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ClosedEventsException(String message) {
        super(message);
    }
}
