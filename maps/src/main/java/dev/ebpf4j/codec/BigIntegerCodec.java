package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * A whole number of any size, such as {@code __int128}.
 *
 * @param size bytes
 * @param signed whether the highest bit is the sign
 * @param bigEndian the order of bytes
 */
record BigIntegerCodec(int size, boolean signed, boolean bigEndian) implements Codec<BigInteger>, StaysInside {
    @Override
    public Codec<BigInteger> bind(TypeRef type) {
        CodecMismatchException.require(CTypes.isInteger(type), type.size(), type, "BigInteger");
        return new BigIntegerCodec(type.size(), CTypes.isSigned(type), CTypes.isBigEndian(type));
    }

    @Override
    public BigInteger read(MemorySegment source, long offset) {
        byte[] bytes = new byte[size];
        MemorySegment.copy(source, JAVA_BYTE, offset, bytes, 0, size);
        byte[] big = bigEndian ? bytes : reversed(bytes);
        return signed ? new BigInteger(big) : new BigInteger(1, big);
    }

    @Override
    public void write(BigInteger value, MemorySegment target, long offset) {
        boolean fits = signed ? value.bitLength() < 8 * size : value.signum() >= 0 && value.bitLength() <= 8 * size;
        if (!fits) {
            throw new IllegalArgumentException(
                    value + " is no " + (signed ? "signed" : "unsigned") + " number of " + 8 * size + " bits");
        }
        byte[] shortest = value.toByteArray();
        byte[] big = new byte[size];
        Arrays.fill(big, (byte) (value.signum() < 0 ? -1 : 0));
        int length = Math.min(size, shortest.length);
        System.arraycopy(shortest, shortest.length - length, big, size - length, length);
        MemorySegment.copy(bigEndian ? big : reversed(big), 0, target, JAVA_BYTE, offset, size);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    @Override
    public String toString() {
        return "BigInteger";
    }
}
