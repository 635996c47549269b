package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import java.lang.foreign.MemorySegment;

/**
 * A global variable of a loaded program, in memory that is shared with it.
 *
 * <p>{@link #get} and {@link #set} are plain accesses. For a counter that programs change, take a VarHandle:
 *
 * <pre>{@code
 * static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
 * long now = (long) LONG.getAcquire(variable.segment(), 0L);
 * }</pre>
 *
 * @param <T> its Java type
 */
public final class GlobalVariable<T> {
    private final String name;
    private final MemorySegment segment;
    private final Codec<T> codec;

    GlobalVariable(String name, MemorySegment segment, Codec<T> codec) {
        this.name = name;
        this.segment = segment;
        this.codec = codec;
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
            return codec.read(segment, 0);
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }

    /**
     * Writes it.
     *
     * @param value the value
     * @throws IllegalArgumentException if it is read-only data
     * @throws IllegalStateException once the section is closed
     */
    public void set(T value) {
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException("variable '" + name + "' is read-only once its program is loaded");
        }
        try {
            codec.write(value, segment, 0);
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }

    private IllegalStateException closed(IllegalStateException e) {
        return segment.scope().isAlive()
                ? e
                : new IllegalStateException("variable '" + name + "' is closed, as its section or object is", e);
    }

    /** {@return its memory, for access by VarHandle; read-only where the variable is} */
    public MemorySegment segment() {
        return segment;
    }
}
