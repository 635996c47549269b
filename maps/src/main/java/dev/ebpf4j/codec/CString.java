package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;

/** Text in a C array: UTF-8 up to the first NUL, or the whole array. */
public final class CString {
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
        byte[] bytes = new byte[length];
        MemorySegment.copy(source, JAVA_BYTE, offset, bytes, 0, length);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, UTF_8);
    }
}
