package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_CHAR_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A C array of numbers as a Java array of primitives: {@code int[]}, {@code long[]}, {@code double[]}, …
 *
 * @param element one element: an {@link IntegerCodec} or a {@link FloatCodec}
 * @param component the class of the elements
 * @param count how many; {@link ArrayCodec#FLEXIBLE} for as many as the memory has
 * @param order the order of bytes
 */
record NumberArrayCodec(Codec<?> element, Class<?> component, int count, ByteOrder order)
        implements Codec<Object>, FlexibleCodec, StaysInside {
    @Override
    public boolean flexible() {
        return count == ArrayCodec.FLEXIBLE;
    }

    @Override
    public int size() {
        return ArrayCodec.bytes(count, element.size());
    }

    @Override
    public Codec<Object> bind(TypeRef type) {
        CodecMismatchException.require(true, size(), type, toString());
        return this;
    }

    /** The layout for copying at a stroke; null where each element must be looked at. */
    private @Nullable ValueLayout layout() {
        boolean wider = element instanceof IntegerCodec<?> i && !i.java().isExactly(8 * i.size());
        ValueLayout layout = null;
        if (component == short.class) {
            layout = JAVA_SHORT_UNALIGNED;
        } else if (component == char.class) {
            layout = JAVA_CHAR_UNALIGNED;
        } else if (component == int.class) {
            layout = JAVA_INT_UNALIGNED;
        } else if (component == long.class) {
            layout = JAVA_LONG_UNALIGNED;
        } else if (component == float.class) {
            layout = JAVA_FLOAT_UNALIGNED;
        } else if (component == double.class) {
            layout = JAVA_DOUBLE_UNALIGNED;
        }
        if (layout == null || wider) {
            return null;
        }
        return order == layout.order() ? layout : layout.withOrder(order);
    }

    @Override
    public Object read(MemorySegment source, long offset) {
        return read(source, offset, source.byteSize() - offset);
    }

    @Override
    public Object read(MemorySegment source, long offset, long available) {
        int stride = element.size();
        int length = ArrayCodec.length(count, stride, available);
        Object array = Array.newInstance(component, length);
        ValueLayout layout = layout();
        if (layout != null) {
            MemorySegment.copy(source, layout, offset, array, 0, length);
        } else if (element instanceof NumberCodec<?> numbers) {
            for (int i = 0; i < length; i++) {
                set(array, i, numbers.readLong(source, offset + (long) i * stride));
            }
        }
        return array;
    }

    @Override
    public void write(Object value, MemorySegment target, long offset) {
        int length = Array.getLength(value);
        ArrayCodec.check(length, count);
        int stride = element.size();
        ValueLayout layout = layout();
        if (layout != null) {
            MemorySegment.copy(value, 0, target, layout, offset, length);
        } else if (element instanceof NumberCodec<?> numbers) {
            for (int i = 0; i < length; i++) {
                numbers.writeLong(get(value, i), target, offset + (long) i * stride);
            }
        }
    }

    private static void set(Object array, int i, long value) {
        switch (array) {
            case byte[] a -> a[i] = (byte) value;
            case short[] a -> a[i] = (short) value;
            case char[] a -> a[i] = (char) value;
            case int[] a -> a[i] = (int) value;
            case long[] a -> a[i] = value;
            case boolean[] a -> a[i] = value != 0;
            default -> throw new IllegalStateException("no array of whole numbers");
        }
    }

    private static long get(Object array, int i) {
        return switch (array) {
            case boolean[] a -> a[i] ? 1 : 0;
            case char[] a -> a[i];
            default -> Array.getLong(array, i);
        };
    }

    @Override
    public String toString() {
        return component.getName() + "[" + (count == ArrayCodec.FLEXIBLE ? "" : count) + "]";
    }
}
