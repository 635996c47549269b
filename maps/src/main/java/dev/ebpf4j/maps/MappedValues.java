package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * The elements of a {@link MappedArray} as objects of a Java type, usable until that is closed.
 *
 * <p>{@link #get} sees what the memory holds at that time, and what is read after it is at least as new; what was written
 * before a {@link #set} is visible to whoever sees the set. Values of 1, 2, 4 or 8 bytes are read and written as a whole; of
 * larger ones a reader may see parts of two writes. Safe for any number of threads.
 *
 * @param <V> the Java type
 */
public final class MappedValues<V> {
    private final MapMemory memory;
    private final Codec<V> codec;
    private final int length;
    private final long stride;

    MappedValues(MappedArray array, MapMemory memory, Codec<V> codec) {
        this.memory = memory;
        this.codec = codec;
        this.length = array.length();
        this.stride = array.stride();
    }

    /** {@return the number of elements} */
    public int length() {
        return length;
    }

    /**
     * {@return the value of an element}
     *
     * @param index 0 to {@link #length} - 1
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalStateException once the array is closed
     */
    public V get(int index) {
        MemorySegment all = memory.readable();
        V value = codec.read(all, Objects.checkIndex(index, length) * stride);
        VarHandle.acquireFence(); // else a loop that waits for a change may be compiled to read once
        return value;
    }

    /**
     * Sets the value of an element.
     *
     * @param index 0 to {@link #length} - 1
     * @param value the value
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws ReadOnlyMemoryException if the array can only be read
     * @throws IllegalStateException once the array is closed
     */
    public void set(int index, V value) {
        VarHandle.releaseFence();
        codec.write(value, memory.writable(), Objects.checkIndex(index, length) * stride);
    }
}
