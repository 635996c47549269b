package dev.ebpf4j.rings;

/** How far the loop over a ring buffer has come; kept from chunk to chunk, and from one drain to the next. */
final class RingCursor {
    /** The address of the next record, below {@code data + size} when a chunk begins. */
    long at;

    /** What added to {@link #at} gives the position that the kernel counts in. */
    long toPosition;

    /** The address that the next chunk's records begin below. */
    long stop;

    /** The last record's length and distance to the next; the length always agrees with the distance. */
    int length = -1;

    long stride;

    /** Whether most records are as long as the one before. */
    boolean steady = true;

    /** Records handed out, and passed over, in this drain. */
    int count;

    int discarded;

    /** Whether the chunk has ended at a record that is still being written. */
    boolean busy;

    /** What was read ahead adds up to, so that the compiler leaves the reading in. */
    long unused;

    void start(Ring ring, long position) {
        at = ring.data + (position & ring.mask);
        toPosition = position - at;
        count = 0;
        discarded = 0;
        busy = false;
    }

    long position() {
        return at + toPosition;
    }

    /** Begins a chunk of at most so many bytes, which ends before the data come a second time. */
    void chunk(Ring ring, long bytes) {
        if (at >= ring.data + ring.size) {
            at -= ring.size;
            toPosition += ring.size;
        }
        stop = Math.min(at + bytes, ring.data + ring.size);
    }
}
