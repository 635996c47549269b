package dev.ebpf4j.rings;

import dev.ebpf4j.error.Errno;

/** What became of a request for room in a user ring buffer. */
public enum ReserveResult {
    /** There is room, and it is the caller's until submitted or discarded. */
    RESERVED(0),

    /** ENOSPC: the program has not yet taken enough of what is there. It may be tried again later. */
    NO_SPACE(Errno.ENOSPC),

    /** E2BIG: the message is larger than the ring, or than the 16 MiB less one byte that the kernel takes: never possible. */
    TOO_BIG(Errno.E2BIG);

    private final int errno;

    ReserveResult(int errno) {
        this.errno = errno;
    }

    /** {@return the number by which C knows it; 0 for {@link #RESERVED}} */
    public int errno() {
        return errno;
    }
}
