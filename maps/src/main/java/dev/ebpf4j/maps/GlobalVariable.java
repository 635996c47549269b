package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.TypeRef;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A global variable of a loaded program, in memory that is shared with it.
 *
 * <p>{@link #get} and {@link #set} take no system call. Each get sees what the memory holds at that time, never a value
 * kept from before, and what is read after it is at least as new; what was written before a set is visible to whoever sees
 * the set. Values of 1, 2, 4 or 8 bytes that stand at a multiple of their size are read and written as a whole; of larger
 * ones a reader may see parts of two writes. For counters that several sides change, there are {@link SharedLong#of} and
 * {@link SharedInt#of}:
 *
 * <pre>{@code
 * SharedLong packets = SharedLong.of(object.variable("packets", Codecs.LONG));
 * long before = packets.getAndSet(0);
 * }</pre>
 *
 * <p>Safe for any number of threads, also while the section is closed: then they get {@link IllegalStateException}.
 *
 * @param <T> its Java type
 */
public final class GlobalVariable<T> {
    private final String name;
    private final MapMemory memory;
    private final long offset;
    private final int size;
    private final Codec<T> codec;

    GlobalVariable(String name, MapMemory memory, long offset, TypeRef type, Codec<T> codec) {
        this.name = name;
        this.memory = memory;
        this.offset = offset;
        this.size = type.size();
        this.codec = codec.bind(type);
        if (offset < 0 || offset > memory.segment().byteSize() - size) {
            throw new IndexOutOfBoundsException("variable '" + name + "' of " + size + " bytes at " + offset
                    + " is not inside the memory of " + memory.owner() + ", which has "
                    + memory.segment().byteSize());
        }
    }

    /** {@return its name in the C source} */
    public String name() {
        return name;
    }

    /**
     * Reads it.
     *
     * @return the value
     * @throws IllegalStateException once the section is closed
     */
    public T get() {
        try {
            T value = codec.read(memory.readable(), offset);
            VarHandle.acquireFence(); // else a loop that waits for a change may be compiled to read once
            return value;
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }

    /**
     * Writes it.
     *
     * @param value the value
     * @throws ReadOnlyMemoryException if it is read-only data
     * @throws IllegalStateException once the section is closed
     */
    public void set(T value) {
        if (memory.isReadOnly()) {
            throw ReadOnlyMemoryException.ofVariable(name);
        }
        try {
            VarHandle.releaseFence();
            codec.write(value, memory.writable(), offset);
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }

    private IllegalStateException closed(IllegalStateException e) {
        return memory.isOpen()
                ? e
                : new IllegalStateException("variable '" + name + "' is closed, as its section or object is", e);
    }

    /**
     * {@return its memory, for access by VarHandle or by parts; read-only where the variable is}
     *
     * @throws IllegalStateException once the section is closed
     */
    public MemorySegment segment() {
        return memory.readable().asSlice(offset, size);
    }

    MapMemory memory() {
        return memory;
    }

    long offset() {
        return offset;
    }

    int size() {
        return size;
    }
}
