package dev.ebpf4j.rings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory for one record in one piece: grows until the longest has been met. For the thread that takes records. */
final class PerfScratch implements AutoCloseable {
    private static final int FIRST = 4096;

    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;

    /** The address of so many bytes, aligned as a record; what was there before is gone. */
    long address(long bytes) {
        if (bytes > memory.byteSize()) {
            Arena larger = Arena.ofShared();
            memory = larger.allocate(Math.max(FIRST, Long.highestOneBit(2 * bytes - 1)), Long.BYTES);
            arena.close();
            arena = larger;
        }
        return memory.address();
    }

    @Override
    public void close() {
        arena.close();
    }
}
