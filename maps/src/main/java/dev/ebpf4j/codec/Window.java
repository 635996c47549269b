package dev.ebpf4j.codec;

/**
 * Bytes that a {@link Flyweight} looks at: a record that a ring lends, or a {@link SegmentWindow}. Offsets count from the
 * first byte; numbers are in the machine's byte order, at any alignment.
 *
 * <p>Every method throws {@link IndexOutOfBoundsException} for what is outside of the bytes, and
 * {@link IllegalStateException} once they are no longer lent; those that write throw
 * {@link UnsupportedOperationException} where they can only be read.
 */
public interface Window {
    /**
     * Reads one byte.
     *
     * @param offset where
     * @return the byte
     */
    byte getByte(int offset);

    /**
     * Reads 16 bits.
     *
     * @param offset where
     * @return the number
     */
    short getShort(int offset);

    /**
     * Reads 32 bits.
     *
     * @param offset where
     * @return the number
     */
    int getInt(int offset);

    /**
     * Reads 64 bits.
     *
     * @param offset where
     * @return the number
     */
    long getLong(int offset);

    /**
     * Reads a value.
     *
     * @param codec how
     * @param offset where
     * @param <T> the type of the value
     * @return the value
     */
    <T> T read(Codec<T> codec, int offset);

    /**
     * Reads a number that needs more than one load, such as a bitfield.
     *
     * @param codec how
     * @param offset where
     * @return the number
     */
    long readLong(NumberCodec<?> codec, int offset);

    /**
     * Writes one byte.
     *
     * @param offset where
     * @param value the byte
     */
    default void setByte(int offset, byte value) {
        throw readOnly();
    }

    /**
     * Writes 16 bits.
     *
     * @param offset where
     * @param value the number
     */
    default void setShort(int offset, short value) {
        throw readOnly();
    }

    /**
     * Writes 32 bits.
     *
     * @param offset where
     * @param value the number
     */
    default void setInt(int offset, int value) {
        throw readOnly();
    }

    /**
     * Writes 64 bits.
     *
     * @param offset where
     * @param value the number
     */
    default void setLong(int offset, long value) {
        throw readOnly();
    }

    /**
     * Writes a value.
     *
     * @param codec how
     * @param value the value
     * @param offset where
     * @param <T> the type of the value
     */
    default <T> void write(Codec<T> codec, T value, int offset) {
        throw readOnly();
    }

    /**
     * Writes a number that needs more than one store.
     *
     * @param codec how
     * @param value the number
     * @param offset where
     */
    default void writeLong(NumberCodec<?> codec, long value, int offset) {
        throw readOnly();
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("these bytes can only be read");
    }
}
