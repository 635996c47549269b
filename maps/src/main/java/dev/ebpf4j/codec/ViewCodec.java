package dev.ebpf4j.codec;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;

/**
 * A flyweight where a codec is asked for: reading gives a new object that looks at the memory.
 *
 * @param flyweight what makes it
 * @param <T> its interface
 */
record ViewCodec<T>(Flyweight<T> flyweight) implements Codec<T>, StaysInside {
    @Override
    public int size() {
        return flyweight.size();
    }

    @Override
    public Codec<T> bind(TypeRef type) {
        return this;
    }

    @Override
    public T read(MemorySegment source, long offset) {
        return flyweight.over(source, offset);
    }

    @Override
    public void write(T value, MemorySegment target, long offset) {
        throw new UnsupportedOperationException("a flyweight is no value; use its own methods to write");
    }

    @Override
    public String toString() {
        return flyweight.toString();
    }
}
