package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * {@code float} or {@code double}.
 *
 * @param size bytes: 4 or 8
 * @param order the order of bytes
 * @param <T> Float or Double
 */
record FloatCodec<T>(int size, ByteOrder order) implements Codec<T>, StaysInside {
    static <T> FloatCodec<T> of(int size) {
        return new FloatCodec<>(size, ByteOrder.nativeOrder());
    }

    boolean isPlain() {
        return order == ByteOrder.nativeOrder();
    }

    @Override
    public Codec<T> bind(TypeRef type) {
        CodecMismatchException.require(CTypes.isFloat(type), size, type, toString());
        return CTypes.order(type) == order ? this : new FloatCodec<>(size, CTypes.order(type));
    }

    @Override
    @SuppressWarnings("unchecked") // made for the box of its size only
    public T read(MemorySegment source, long offset) {
        return (T) (size == Float.BYTES ? (Object) source.get(floats(), offset) : source.get(doubles(), offset));
    }

    @Override
    public void write(T value, MemorySegment target, long offset) {
        if (value instanceof Float number) {
            target.set(floats(), offset, number);
        } else if (value instanceof Double number) {
            target.set(doubles(), offset, number);
        }
    }

    private ValueLayout.OfFloat floats() {
        return isPlain() ? JAVA_FLOAT_UNALIGNED : JAVA_FLOAT_UNALIGNED.withOrder(order);
    }

    private ValueLayout.OfDouble doubles() {
        return isPlain() ? JAVA_DOUBLE_UNALIGNED : JAVA_DOUBLE_UNALIGNED.withOrder(order);
    }

    @Override
    public String toString() {
        return size == Float.BYTES ? "float" : "double";
    }
}
