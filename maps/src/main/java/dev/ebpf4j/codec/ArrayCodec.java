package dev.ebpf4j.codec;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;

/**
 * A C array as a Java array of objects, or as an immutable list.
 *
 * @param element one element
 * @param component the class of the elements
 * @param count how many; {@link #FLEXIBLE} for as many as the memory has
 * @param list whether the value is a list
 */
record ArrayCodec(Codec<Object> element, Class<?> component, int count, boolean list)
        implements Codec<Object>, FlexibleCodec, StaysInside {
    static final int FLEXIBLE = -1;

    /** The size of so many elements in memory; a flexible array has none. */
    static int bytes(int count, int elementSize) {
        return count == FLEXIBLE ? 0 : Math.multiplyExact(count, elementSize);
    }

    /** How many elements are to be read. */
    static int length(int count, int elementSize, long available) {
        return count == FLEXIBLE ? Math.toIntExact(available / elementSize) : count;
    }

    /** Throws unless a value has as many elements as the C array. */
    static void check(int length, int count) {
        if (length != count && count != FLEXIBLE) {
            throw new IllegalArgumentException(length + " elements where " + count + " are needed");
        }
    }

    @Override
    public boolean flexible() {
        return count == FLEXIBLE;
    }

    @Override
    public int size() {
        return bytes(count, element.size());
    }

    @Override
    public Codec<Object> bind(TypeRef type) {
        CodecMismatchException.require(true, size(), type, toString());
        return this;
    }

    @Override
    public Object read(MemorySegment source, long offset) {
        return read(source, offset, source.byteSize() - offset);
    }

    @Override
    public Object read(MemorySegment source, long offset, long available) {
        int stride = element.size();
        int length = length(count, stride, available);
        Object[] values = (Object[]) Array.newInstance(list ? Object.class : component, length);
        for (int i = 0; i < length; i++) {
            values[i] = element.read(source, offset + (long) i * stride);
        }
        return list ? List.of(values) : values;
    }

    @Override
    public void write(Object value, MemorySegment target, long offset) {
        List<?> values = list ? (List<?>) value : Arrays.asList((Object[]) value);
        check(values.size(), count);
        int stride = element.size();
        long at = offset;
        for (Object each : values) {
            element.write(each, target, at);
            at += stride;
        }
    }

    @Override
    public String toString() {
        String elements = element.toString();
        return list ? "List of " + elements : elements + " [" + (count == FLEXIBLE ? "" : count) + "]";
    }
}
