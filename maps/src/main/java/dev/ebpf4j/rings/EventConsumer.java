package dev.ebpf4j.rings;

/** Receives the records of a {@link RingBuffer}, in the order in which the programs reserved them. */
@FunctionalInterface
public interface EventConsumer {
    /**
     * Takes one record, on the thread that polls. It counts as consumed, also when this throws; what is thrown leaves the
     * poll, and the next poll goes on with the next record.
     *
     * @param event the record, lent until this returns
     */
    void accept(Event event);
}
