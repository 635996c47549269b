package dev.ebpf4j.rings;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.Flyweight;
import dev.ebpf4j.maps.BpfMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Receives records, those of one ring in the order in which the programs reserved them.
 *
 * <p>All methods are called on the thread that polls. The loop over the records is compiled anew for each class of
 * consumers, not for each instance: what {@code accept} does itself is inlined into it.
 */
@FunctionalInterface
public interface EventConsumer {
    /**
     * Takes one record. It counts as consumed, also when this throws; what is thrown leaves the poll, and the next poll goes
     * on with the next record.
     *
     * @param event the record, lent until this returns
     */
    void accept(Event event);

    /**
     * Who receives the records of one map. Asked each time that records of a ring are about to be handed out.
     *
     * @param map one of the maps that were opened
     * @return the consumer of its records: this one, unless overridden
     */
    default EventConsumer forMap(BpfMap map) {
        return this;
    }

    /**
     * Told that records are gone that nobody has seen, because the ring had no room. Does nothing unless overridden; the
     * sum is always kept in {@code lost()}.
     *
     * @param map the map
     * @param cpu the CPU whose ring it was, or -1 for a ring of all CPUs
     * @param count how many records, at least 1
     */
    default void lost(BpfMap map, int cpu, long count) {}

    /**
     * A consumer of its own for each map.
     *
     * @param consumers who receives the records of each map that was opened
     * @return the consumer of them all; it throws {@link IllegalArgumentException} for a map that it does not know
     */
    static EventConsumer byMap(Map<BpfMap, ? extends EventConsumer> consumers) {
        return new ByMap(Map.copyOf(consumers));
    }

    /**
     * A consumer of records as values. One that is not kept by the consumer is not even allocated, once its code is
     * compiled; see {@link Codec#read}.
     *
     * @param codec how, bound to the C type of the records; they may be longer than it asks for
     * @param consumer gets each value
     * @param <T> their type
     * @return a consumer that throws {@link IndexOutOfBoundsException} for a record that is too short
     */
    static <T> EventConsumer of(Codec<T> codec, Consumer<? super T> consumer) {
        return TypedConsumers.of(codec, consumer);
    }

    /**
     * A consumer of records through a flyweight, which shows one record after the other.
     *
     * @param flyweight how; records may be longer than it asks for
     * @param consumer gets always the same object, which throws {@link IllegalStateException} outside of the call
     * @param <T> its interface
     * @return a consumer; a method whose member is beyond the end of a record throws {@link IndexOutOfBoundsException}
     */
    static <T> EventConsumer of(Flyweight<T> flyweight, Consumer<? super T> consumer) {
        return TypedConsumers.of(flyweight, consumer);
    }
}
