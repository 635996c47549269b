package dev.ebpf4j.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An array of {@code struct epoll_event}, reused from call to call. Not safe for several threads at a time. */
public final class EpollEvents {
    /** There is something to read. */
    public static final int EPOLLIN = 1;

    private final MemorySegment memory;
    private final int capacity;
    private final int stride;
    private final int dataOffset;

    /** Room for {@code capacity} events, as long as {@code arena} is open. */
    public EpollEvents(Arch arch, Arena arena, int capacity) {
        this.capacity = capacity;
        this.stride = arch.epollEventSize();
        this.dataOffset = arch.epollDataOffset();
        this.memory = arena.allocate((long) stride * capacity, 8);
    }

    /** How many events there is room for. */
    public int capacity() {
        return capacity;
    }

    /** The event mask of entry {@code index}. */
    public int events(int index) {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, (long) index * stride);
    }

    /** What was given to {@link Sys#epollCtl} for the descriptor of entry {@code index}. */
    public long data(int index) {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) index * stride + dataOffset);
    }

    /** Fills entry {@code index}, as the kernel does. */
    public void set(int index, int events, long data) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, (long) index * stride, events);
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, (long) index * stride + dataOffset, data);
    }

    MemorySegment memory() {
        return memory;
    }
}
