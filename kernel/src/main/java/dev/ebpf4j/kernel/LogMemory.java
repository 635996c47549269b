package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Room for a log, of which the kernel touches only what it writes: so there can be much of it. Memory of an {@code Arena}
 * is written all over when it is allocated.
 */
final class LogMemory implements AutoCloseable {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;

    private final Sys sys;
    private final MemorySegment memory;
    private final boolean own;

    private LogMemory(Sys sys, MemorySegment memory, boolean own) {
        this.sys = sys;
        this.memory = memory;
        this.own = own;
    }

    /** Memory of this size, or none at all if there is not so much. */
    static LogMemory allocate(Sys sys, int size) {
        long address = sys.mmap(size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        boolean mapped = address > 0 || address < -4095;
        return new LogMemory(sys, mapped ? Sys.memory(address, size) : MemorySegment.NULL, mapped);
    }

    /** Memory that stays the caller's. */
    static LogMemory of(Sys sys, MemorySegment given, int most) {
        return new LogMemory(sys, given.asSlice(0, Math.min(given.byteSize(), most)), false);
    }

    int size() {
        return (int) memory.byteSize();
    }

    long address() {
        return memory.address();
    }

    void clear() {
        if (size() > 0) {
            memory.set(JAVA_BYTE, 0, (byte) 0);
        }
    }

    /** Up to the first zero; a log that was cut need not have one. */
    String text() {
        long end = 0;
        while (end < memory.byteSize() && memory.get(JAVA_BYTE, end) != 0) {
            end++;
        }
        byte[] bytes = memory.asSlice(0, end).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (own) {
            sys.munmap(memory.address(), memory.byteSize());
        }
    }
}
