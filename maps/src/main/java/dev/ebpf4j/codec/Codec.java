package dev.ebpf4j.codec;

import java.lang.foreign.MemorySegment;

/**
 * How values of a Java type stand in memory.
 *
 * <p>A codec must be bound to the C type that the bytes have before it reads or writes: {@link #bind} compares the two and
 * gives a codec for exactly that layout. Codecs are immutable, safe for use by several threads, and must not operate on
 * maps themselves.
 *
 * <p>{@link Codecs} has those for numbers, byte arrays, strings and records.
 *
 * @param <T> the Java type
 */
public interface Codec<T> {
    /**
     * How many bytes a value takes.
     *
     * @return bytes
     * @throws IllegalStateException if that is known only after {@link #bind}
     */
    int size();

    /**
     * A codec for bytes of one C type.
     *
     * @param type the type that the bytes have, as far as it is known
     * @return this codec, or one that is made for the type
     * @throws CodecMismatchException if values of the Java type do not fit the C type
     */
    Codec<T> bind(TypeRef type);

    /**
     * Reads a value.
     *
     * @param source memory
     * @param offset where in {@code source}; {@link #size} bytes are there
     * @return the value
     */
    T read(MemorySegment source, long offset);

    /**
     * Reads a value that may go on after {@link #size} bytes: a struct with a flexible array at its end.
     *
     * @param source memory
     * @param offset where in {@code source}
     * @param available how many bytes are there; at least {@link #size}
     * @return the value
     */
    default T read(MemorySegment source, long offset, long available) {
        return read(source, offset);
    }

    /**
     * Writes a value: all {@link #size} bytes.
     *
     * @param value the value
     * @param target memory
     * @param offset where in {@code target}; {@link #size} bytes are there
     */
    void write(T value, MemorySegment target, long offset);
}
