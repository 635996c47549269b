package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;

/**
 * The bytes as they are.
 *
 * @param size how many; of a flexible array 0
 * @param flexible whether there are as many as the memory has
 */
record BytesCodec(int size, boolean flexible) implements Codec<byte[]>, FlexibleCodec, StaysInside {
    @Override
    public Codec<byte[]> bind(TypeRef type) {
        CodecMismatchException.require(true, size, type, toString());
        return this;
    }

    @Override
    public byte[] read(MemorySegment source, long offset) {
        return read(source, offset, source.byteSize() - offset);
    }

    @Override
    public byte[] read(MemorySegment source, long offset, long available) {
        byte[] bytes = new byte[flexible ? Math.toIntExact(available) : size];
        MemorySegment.copy(source, JAVA_BYTE, offset, bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public void write(byte[] value, MemorySegment target, long offset) {
        if (value.length != size && !flexible) {
            throw new IllegalArgumentException(value.length + " bytes where " + size + " are needed");
        }
        MemorySegment.copy(value, 0, target, JAVA_BYTE, offset, value.length);
    }

    @Override
    public String toString() {
        return "byte[" + (flexible ? "" : size) + "]";
    }
}
