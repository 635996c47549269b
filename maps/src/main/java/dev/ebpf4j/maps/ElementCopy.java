package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ebpf4j.sys.Sys;
import java.lang.foreign.MemorySegment;

/**
 * Copies keys and values between a caller's memory and a {@link Scratch}. Most have a few bytes, which words move faster
 * than a bulk copy gets through its checks; and the addresses of a scratch, used in a constant segment, need none.
 */
final class ElementCopy {
    private static final MemorySegment ALL = Sys.memory(0, Long.MAX_VALUE);
    private static final int SMALL = 64;

    private ElementCopy() {}

    /** Copies {@code size} bytes, which {@code from} was checked to have. */
    static void in(MemorySegment from, long to, int size) {
        if (size == Integer.BYTES) {
            ALL.set(JAVA_INT_UNALIGNED, to, from.get(JAVA_INT_UNALIGNED, 0));
        } else if (size % Long.BYTES == 0 && size <= SMALL) {
            for (int i = 0; i < size; i += Long.BYTES) {
                ALL.set(JAVA_LONG_UNALIGNED, to + i, from.get(JAVA_LONG_UNALIGNED, i));
            }
        } else {
            MemorySegment.copy(from, 0, ALL, to, size);
        }
    }

    /** Copies {@code size} bytes, for which {@code to} was checked to have room. */
    static void out(long from, MemorySegment to, int size) {
        if (size == Integer.BYTES) {
            to.set(JAVA_INT_UNALIGNED, 0, ALL.get(JAVA_INT_UNALIGNED, from));
        } else if (size % Long.BYTES == 0 && size <= SMALL) {
            for (int i = 0; i < size; i += Long.BYTES) {
                to.set(JAVA_LONG_UNALIGNED, i, ALL.get(JAVA_LONG_UNALIGNED, from + i));
            }
        } else {
            MemorySegment.copy(ALL, from, to, 0, size);
        }
    }
}
