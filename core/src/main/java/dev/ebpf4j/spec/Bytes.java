package dev.ebpf4j.spec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** An immutable run of bytes, compared by content. Zeros at its end may take no memory: sections of them are large. */
public final class Bytes {
    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] bytes;
    private final int size;

    private Bytes(byte[] bytes) {
        this(bytes, bytes.length);
    }

    private Bytes(byte[] bytes, int size) {
        this.bytes = bytes;
        this.size = size;
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
     * {@return a copy of the remaining bytes of {@code bytes}, whose position does not change}
     *
     * @param bytes the bytes
     */
    public static Bytes of(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return copy.length == 0 ? EMPTY : new Bytes(copy);
    }

    /**
     * {@return {@code size} zero bytes}
     *
     * @param size the number of bytes
     */
    public static Bytes zeros(int size) {
        return size == 0 ? EMPTY : new Bytes(EMPTY.bytes, size);
    }

    /** {@return the number of bytes} */
    public int size() {
        return size;
    }

    /** {@return a fresh array with these bytes} */
    public byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    /**
     * {@return a read-only view in the given byte order}
     *
     * @param order the byte order
     */
    public ByteBuffer buffer(ByteOrder order) {
        return ByteBuffer.wrap(bytes.length == size ? bytes : toArray())
                .asReadOnlyBuffer()
                .order(order);
    }

    /**
     * {@return these bytes with {@code part} written at {@code offset}}
     *
     * @param offset first byte
     * @param part what to write
     * @throws IndexOutOfBoundsException if {@code part} does not fit
     */
    public Bytes with(int offset, Bytes part) {
        byte[] copy = toArray();
        System.arraycopy(part.toArray(), 0, copy, offset, part.size);
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
        if (offset < 0 || length < 0 || length > size - offset) {
            throw new IndexOutOfBoundsException("bytes " + offset + " to " + ((long) offset + length) + " of " + size);
        }
        byte[] part = new byte[length];
        System.arraycopy(bytes, Math.min(offset, bytes.length), part, 0, Math.clamp(bytes.length - offset, 0, length));
        return new Bytes(part);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && size == that.size && hasSame(that);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(Arrays.copyOf(bytes, end()));
    }

    @Override
    public String toString() {
        return size + " bytes";
    }

    private boolean hasSame(Bytes that) {
        return Arrays.equals(bytes, 0, end(), that.bytes, 0, that.end());
    }

    /** Returns the number of bytes up to the last that is not zero. */
    private int end() {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }
}
