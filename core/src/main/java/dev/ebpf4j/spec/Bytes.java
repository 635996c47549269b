package dev.ebpf4j.spec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** An immutable run of bytes, compared by content. */
public final class Bytes {
    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * {@return a copy of {@code bytes}}
     *
     * @param bytes the bytes
     */
    public static Bytes of(byte... bytes) {
        return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
    }

    /**
     * {@return {@code size} zero bytes}
     *
     * @param size the number of bytes
     */
    public static Bytes zeros(int size) {
        return size == 0 ? EMPTY : new Bytes(new byte[size]);
    }

    /** {@return the number of bytes} */
    public int size() {
        return bytes.length;
    }

    /** {@return a fresh array with these bytes} */
    public byte[] toArray() {
        return bytes.clone();
    }

    /**
     * {@return a read-only view in the given byte order}
     *
     * @param order the byte order
     */
    public ByteBuffer buffer(ByteOrder order) {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(order);
    }

    /**
     * {@return these bytes with {@code part} written at {@code offset}}
     *
     * @param offset first byte
     * @param part what to write
     * @throws IndexOutOfBoundsException if {@code part} does not fit
     */
    public Bytes with(int offset, Bytes part) {
        byte[] copy = bytes.clone();
        System.arraycopy(part.bytes, 0, copy, offset, part.bytes.length);
        return new Bytes(copy);
    }

    /**
     * {@return {@code length} of these bytes from {@code offset} on}
     *
     * @param offset first byte
     * @param length the number of bytes
     * @throws IndexOutOfBoundsException if the range is not inside these bytes
     */
    public Bytes slice(int offset, int length) {
        if (offset < 0 || length < 0 || length > bytes.length - offset) {
            throw new IndexOutOfBoundsException(
                    "bytes " + offset + " to " + ((long) offset + length) + " of " + bytes.length);
        }
        return new Bytes(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
