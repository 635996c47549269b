package dev.ebpf4j.rings;

import dev.ebpf4j.maps.BpfMap;

/**
 * One ring in mapped memory, as its poller sees it: a whole ring buffer map, or one CPU's part of a perf event array. Used
 * by one thread at a time, except for the counters.
 */
interface Channel {
    /** Whose records these are. */
    BpfMap map();

    /** What becomes readable when there are records. */
    int fd();

    /**
     * Hands records to {@code consumer} until there are none, {@code limit} are done, {@link Event#stopping} is set, or as
     * many bytes as the ring holds went by: so that a ring which is filled as fast as it is read does not keep the others
     * waiting.
     *
     * <p>0 says that there was nothing to hand out at a moment after the position of what was read had become visible to
     * the kernel. So a wait may follow: the kernel wakes for whatever comes later.
     *
     * @param event lent for each record, taken back when this returns or throws
     * @param consumer what {@link EventConsumer#forMap} gave for {@link #map}
     * @param limit the most records to hand out
     * @return how many were handed out
     */
    int drain(Event event, EventConsumer consumer, int limit);

    /** Whether there is a record that is still being written: then epoll reports the ring although nothing can be read. */
    boolean headBusy();

    /** Bytes that the ring holds at most. */
    long capacity();

    /** Bytes that are in the ring now, headers and padding included. */
    long unread();

    /** Records that nobody has seen and never will, as far as the kernel told. For any thread. */
    long lost();

    /** Records that the program gave up after it had reserved them. For any thread. */
    long discarded();

    /** Frees the memory. */
    void unmap();
}
