package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Text in a C array: UTF-8 up to the first NUL, or the whole array.
 *
 * <p>Texts in arrays of up to 16 bytes, such as names of processes, are kept: the same bytes give the same String again,
 * and allocate nothing. At most 2,048 are, each in one of two places that its bytes decide, where it is replaced by newer ones.
 * Threads may race for a place: an entry is immutable, so that one that is seen is whole.
 */
public final class CString {
    private static final int WORD = Long.BYTES;
    private static final int KEPT_LENGTH = 2 * WORD;
    private static final int PLACES_BITS = 11;
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long SPREAD = 0x9E3779B97F4A7C15L; // 2^64 / golden ratio: Fibonacci hashing

    /** Characters count from the low end, whatever the machine does. */
    private static final ValueLayout.OfLong TEXT = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final @Nullable Kept[] KEPT = new Kept[1 << PLACES_BITS];

    private record Kept(long low, long high, String text) {}

    private CString() {}

    /**
     * Reads text.
     *
     * @param source memory
     * @param offset where in {@code source} the array begins
     * @param length bytes of the array
     * @return the text
     * @throws IndexOutOfBoundsException if the array is not inside of {@code source}
     */
    public static String read(MemorySegment source, long offset, int length) {
        if (length == KEPT_LENGTH) {
            return kept(source.get(TEXT, offset), source.get(TEXT, offset + WORD));
        }
        if (length > KEPT_LENGTH) {
            return decoded(source, offset, length);
        }
        if (length >= WORD) {
            int beyond = KEPT_LENGTH - length; // the second word begins that early: shift out what the first has
            long high = source.get(TEXT, offset + length - WORD);
            return kept(source.get(TEXT, offset), beyond == WORD ? 0 : high >>> (8 * beyond));
        }
        long low = 0;
        for (int i = 0; i < length; i++) {
            low |= (source.get(JAVA_BYTE, offset + i) & 0xffL) << (8 * i);
        }
        return kept(low, 0);
    }

    /** The text of up to 16 bytes. */
    private static String kept(long first, long second) {
        long nul = (first - LOW_BITS) & ~first & HIGH_BITS; // the lowest bit is that of the first NUL
        long low = first;
        long high = 0;
        if (nul != 0) {
            low &= ((nul & -nul) >>> 7) - 1;
        } else {
            nul = (second - LOW_BITS) & ~second & HIGH_BITS;
            high = nul == 0 ? second : second & (((nul & -nul) >>> 7) - 1);
        }
        int place = (int) (((low ^ Long.rotateLeft(high, 29) * 31) * SPREAD) >>> (Long.SIZE - PLACES_BITS));
        Kept here = KEPT[place];
        if (here != null && here.low == low && here.high == high) {
            return here.text;
        }
        Kept beside = KEPT[place ^ 1];
        if (beside != null && beside.low == low && beside.high == high) {
            return beside.text;
        }
        Kept made = new Kept(low, high, text(low, high));
        KEPT[place ^ 1] = here;
        KEPT[place] = made;
        return made.text;
    }

    private static String text(long low, long high) {
        byte[] bytes = new byte[KEPT_LENGTH];
        MemorySegment memory = MemorySegment.ofArray(bytes);
        memory.set(TEXT, 0, low);
        memory.set(TEXT, WORD, high);
        return decoded(memory, 0, KEPT_LENGTH);
    }

    private static String decoded(MemorySegment source, long offset, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(source, JAVA_BYTE, offset, bytes, 0, length);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, UTF_8);
    }
}
