package dev.ebpf4j.codec;

import java.lang.foreign.MemorySegment;

/**
 * A codec of whole numbers, with a door that needs no object: the number as a {@code long}.
 *
 * @param <T> the Java type: {@link Integer}, {@link Long}, {@link Boolean} (1 is true), …
 */
public interface NumberCodec<T> extends Codec<T> {
    @Override
    NumberCodec<T> bind(TypeRef type);

    /**
     * Reads a value, as {@link #read} does.
     *
     * @param source memory
     * @param offset where in {@code source}; {@link #size} bytes are there
     * @return the number
     */
    long readLong(MemorySegment source, long offset);

    /**
     * Writes a value, as {@link #write} does.
     *
     * @param value the number
     * @param target memory
     * @param offset where in {@code target}; {@link #size} bytes are there
     * @throws IllegalArgumentException if the C type is narrower than the Java type, and the number is not one of its
     */
    void writeLong(long value, MemorySegment target, long offset);
}
