package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * A whole number of 1, 2, 4 or 8 bytes. A record, so that the fields of a constant are constants, too.
 *
 * @param java the Java type
 * @param size bytes in memory; never more than the Java type has, but for booleans
 * @param signed whether the sign is extended where the Java type is wider
 * @param swapped whether the bytes are in the order that the machine has not
 * @param network whether the order is part of the type, not of the machine
 * @param <T> the Java type, boxed
 */
record IntegerCodec<T>(JavaNumber java, int size, boolean signed, boolean swapped, boolean network)
        implements NumberCodec<T>, StaysInside {

    static <T> IntegerCodec<T> of(JavaNumber java, int size, boolean signed) {
        return new IntegerCodec<>(java, size, signed, false, false);
    }

    static <T> IntegerCodec<T> bigEndian(JavaNumber java, int size) {
        return new IntegerCodec<>(java, size, true, ByteOrder.nativeOrder() != ByteOrder.BIG_ENDIAN, true);
    }

    /** Whether it is nothing but the machine's own number of the Java type's size. */
    boolean isPlain() {
        return !swapped && (java == JavaNumber.BOOLEAN ? size == 1 : java.isExactly(8 * size));
    }

    @Override
    public NumberCodec<T> bind(TypeRef type) {
        CodecMismatchException.require(CTypes.isNumber(type), size, type, toString());
        boolean swap = CTypes.isSwapped(type);
        return network || swap == swapped ? this : new IntegerCodec<>(java, size, signed, swap, false);
    }

    @Override
    public long readLong(MemorySegment source, long offset) {
        long bits;
        switch (size) {
            case 1 -> bits = source.get(JAVA_BYTE, offset);
            case 2 -> {
                short s = source.get(JAVA_SHORT_UNALIGNED, offset);
                bits = swapped ? Short.reverseBytes(s) : s;
            }
            case 4 -> {
                int i = source.get(JAVA_INT_UNALIGNED, offset);
                bits = swapped ? Integer.reverseBytes(i) : i;
            }
            default -> {
                long l = source.get(JAVA_LONG_UNALIGNED, offset);
                bits = swapped ? Long.reverseBytes(l) : l;
            }
        }
        if (java == JavaNumber.BOOLEAN) {
            return bits == 0 ? 0 : 1;
        }
        return signed ? bits : bits & (-1L >>> (64 - 8 * size));
    }

    @Override
    public void writeLong(long value, MemorySegment target, long offset) {
        if (!java.isExactly(8 * size) && java != JavaNumber.BOOLEAN) {
            JavaNumber.check(value, 8 * size, signed);
        }
        switch (size) {
            case 1 -> target.set(JAVA_BYTE, offset, (byte) value);
            case 2 ->
                target.set(JAVA_SHORT_UNALIGNED, offset, swapped ? Short.reverseBytes((short) value) : (short) value);
            case 4 -> target.set(JAVA_INT_UNALIGNED, offset, swapped ? Integer.reverseBytes((int) value) : (int) value);
            default -> target.set(JAVA_LONG_UNALIGNED, offset, swapped ? Long.reverseBytes(value) : value);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // made for the box of its Java type only
    public T read(MemorySegment source, long offset) {
        return (T) java.box(readLong(source, offset));
    }

    @Override
    public void write(T value, MemorySegment target, long offset) {
        writeLong(java.unbox(value), target, offset);
    }

    @Override
    public String toString() {
        String text = (network ? "big-endian " : "") + java.primitive.getName();
        if (java == JavaNumber.BOOLEAN || java.isExactly(8 * size)) {
            return text;
        }
        return text + " for " + (signed ? "signed " : "unsigned ") + 8 * size + " bits";
    }
}
