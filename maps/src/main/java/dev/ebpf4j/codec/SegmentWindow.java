package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * A window onto a memory segment, which can be moved: one window and one flyweight serve for all elements of an array.
 * As safe for threads as the segment, but that only one may move it.
 */
public final class SegmentWindow implements Window {
    private MemorySegment memory;
    private long start;

    /**
     * A window onto the beginning of a segment.
     *
     * @param memory the segment
     */
    public SegmentWindow(MemorySegment memory) {
        this.memory = memory;
    }

    /**
     * Moves it: the flyweights that look through it see other bytes.
     *
     * @param newMemory a segment
     * @param offset where in it
     * @return this
     */
    public SegmentWindow move(MemorySegment newMemory, long offset) {
        memory = newMemory;
        start = offset;
        return this;
    }

    /**
     * Moves it within its segment.
     *
     * @param offset where in it
     * @return this
     */
    public SegmentWindow move(long offset) {
        start = offset;
        return this;
    }

    @Override
    public byte getByte(int offset) {
        return memory.get(JAVA_BYTE, start + offset);
    }

    @Override
    public short getShort(int offset) {
        return memory.get(JAVA_SHORT_UNALIGNED, start + offset);
    }

    @Override
    public int getInt(int offset) {
        return memory.get(JAVA_INT_UNALIGNED, start + offset);
    }

    @Override
    public long getLong(int offset) {
        return memory.get(JAVA_LONG_UNALIGNED, start + offset);
    }

    @Override
    public <T> T read(Codec<T> codec, int offset) {
        return codec.read(memory, start + offset, memory.byteSize() - start - offset);
    }

    @Override
    public long readLong(NumberCodec<?> codec, int offset) {
        return codec.readLong(memory, start + offset);
    }

    @Override
    public void setByte(int offset, byte value) {
        memory.set(JAVA_BYTE, start + offset, value);
    }

    @Override
    public void setShort(int offset, short value) {
        memory.set(JAVA_SHORT_UNALIGNED, start + offset, value);
    }

    @Override
    public void setInt(int offset, int value) {
        memory.set(JAVA_INT_UNALIGNED, start + offset, value);
    }

    @Override
    public void setLong(int offset, long value) {
        memory.set(JAVA_LONG_UNALIGNED, start + offset, value);
    }

    @Override
    public <T> void write(Codec<T> codec, T value, int offset) {
        codec.write(value, memory, start + offset);
    }

    @Override
    public void writeLong(NumberCodec<?> codec, long value, int offset) {
        codec.writeLong(value, memory, start + offset);
    }
}
