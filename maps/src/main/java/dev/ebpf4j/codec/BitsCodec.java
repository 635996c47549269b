package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;

/**
 * A bitfield, which may begin in any bit and cross up to nine bytes. Writing leaves the neighbours' bits alone.
 *
 * <p>A little-endian machine counts bits from the low end of the first byte, a big-endian one from its high end; so does
 * BTF.
 *
 * @param java the Java type
 * @param bit where it begins in its first byte, 0 to 7
 * @param bits how many
 * @param signed whether its sign is extended
 * @param bigEndian the order of bytes and bits
 * @param <T> the Java type, boxed
 */
record BitsCodec<T>(JavaNumber java, int bit, int bits, boolean signed, boolean bigEndian)
        implements NumberCodec<T>, StaysInside {
    @Override
    public int size() {
        return (bit + bits + 7) / 8;
    }

    @Override
    public NumberCodec<T> bind(TypeRef type) {
        return this;
    }

    /** The bytes are counted from the one with the lowest bits. */
    private long at(long offset, int index) {
        return bigEndian ? offset + size() - 1 - index : offset + index;
    }

    /** How many bits of others stand below it in that byte. */
    private int lowest() {
        return bigEndian ? 8 * size() - bit - bits : bit;
    }

    @Override
    public long readLong(MemorySegment source, long offset) {
        long number = 0;
        int low = lowest();
        for (int i = 0; i < size(); i++) {
            long part = source.get(JAVA_BYTE, at(offset, i)) & 0xff;
            int left = 8 * i - low;
            number |= left >= 0 ? part << left : part >> -left;
        }
        int unused = 64 - bits;
        return signed && java != JavaNumber.BOOLEAN ? number << unused >> unused : number << unused >>> unused;
    }

    @Override
    public void writeLong(long value, MemorySegment target, long offset) {
        if (!java.isExactly(bits)) {
            JavaNumber.check(value, bits, signed && java != JavaNumber.BOOLEAN);
        }
        long mask = -1L >>> (64 - bits);
        int low = lowest();
        for (int i = 0; i < size(); i++) {
            int left = 8 * i - low;
            long own = left >= 0 ? mask >>> left : mask << -left;
            long part = left >= 0 ? value >>> left : value << -left;
            long others = target.get(JAVA_BYTE, at(offset, i)) & ~own;
            target.set(JAVA_BYTE, at(offset, i), (byte) (others | (part & own)));
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
        return java.primitive.getName() + " for " + bits + " bits";
    }
}
