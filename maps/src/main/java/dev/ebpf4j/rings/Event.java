package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ebpf4j.codec.CString;
import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.NumberCodec;
import dev.ebpf4j.codec.Window;
import dev.ebpf4j.hot.StaysInside;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One record of a ring buffer or perf buffer, lent to the consumer for the duration of its call: the bytes are the kernel's own, not
 * copied, and are reused afterwards. Every access after the call throws {@link IllegalStateException}.
 *
 * <p>The object is the same for all records of a poller, so that handing out a record allocates nothing. Numbers are
 * in the machine's byte order. For use by the consuming thread.
 */
public final class Event implements Window {
    /** All memory: offsets in it are addresses. A constant, so that an access compiles to a plain load. */
    static final MemorySegment ALL = Sys.memory(0, Long.MAX_VALUE).asReadOnly();

    private static final int NOT_LENT = -1;

    private static final int NO_CPU = -1;

    private long address;
    private int size = NOT_LENT;
    private int cpu = NO_CPU;
    private long time;
    private @Nullable BpfMap map;
    private @Nullable Arena arena;

    /** A codec that {@link StaysInside}. */
    private @Nullable Codec<?> insider;

    /** The thread whose loop lends it. */
    private @Nullable Thread user;

    /** Whether to ask {@link #proceed} before the next record; set by the loop's own thread only. */
    boolean attention;

    private volatile boolean stopping;

    Event() {}

    /** Names the origin of the records that follow. */
    void from(BpfMap newMap, int newCpu) {
        map = newMap;
        cpu = newCpu;
        user = Thread.currentThread();
        time = 0;
    }

    void lend(long newAddress, int newSize) {
        address = newAddress;
        size = newSize;
    }

    void lend(long newAddress, int newSize, long newTime) {
        lend(newAddress, newSize);
        time = newTime;
    }

    /** Ends the loan: from here on nothing that was handed out gives access to the memory. */
    void takeBack() {
        size = NOT_LENT;
        proceed();
        user = null;
    }

    /**
     * Ends what was handed out of one record where the next one may follow at once.
     *
     * @return whether it may
     */
    boolean proceed() {
        Arena lent = arena;
        if (lent != null) {
            arena = null;
            lent.close();
        }
        attention = stopping;
        return !attention;
    }

    /**
     * Ends the loop over the records, until {@link #resume}: after the present one if its consumer calls this, else soon.
     * For any thread.
     */
    void stop() {
        stopping = true;
        if (Thread.currentThread().equals(user)) {
            attention = true;
        }
    }

    /** Takes {@link #stop} back. */
    void resume() {
        stopping = false;
    }

    boolean stopping() {
        return stopping;
    }

    /**
     * The length that the program asked for, without padding.
     *
     * @return bytes
     * @throws IllegalStateException after the consumer's call
     */
    public int size() {
        if (size == NOT_LENT) {
            throw notLent();
        }
        return size;
    }

    /**
     * The map that it came through.
     *
     * @return one of the maps that were opened
     * @throws IllegalStateException after the consumer's call
     */
    public BpfMap map() {
        BpfMap from = map;
        if (size == NOT_LENT || from == null) {
            throw notLent();
        }
        return from;
    }

    /**
     * The CPU that it was written on, where there is a ring for each.
     *
     * @return a CPU number, or -1 for a ring buffer, which does not tell
     * @throws IllegalStateException after the consumer's call
     */
    public int cpu() {
        size();
        return cpu;
    }

    /**
     * When it was written, where the kernel notes that.
     *
     * @return nanoseconds on the clock that was asked for when the ring was opened, or 0 if the record has no time
     * @throws IllegalStateException after the consumer's call
     */
    public long time() {
        size();
        return time;
    }

    /**
     * Reads one byte.
     *
     * @param offset bytes from the start of the record
     * @return the byte
     * @throws IndexOutOfBoundsException if it is outside of the record
     * @throws IllegalStateException after the consumer's call
     */
    @Override
    public byte getByte(int offset) {
        return ALL.get(JAVA_BYTE, at(offset, Byte.BYTES));
    }

    /**
     * Reads 16 bits.
     *
     * @param offset bytes from the start of the record, in any alignment
     * @return the number
     * @throws IndexOutOfBoundsException if it is outside of the record
     * @throws IllegalStateException after the consumer's call
     */
    @Override
    public short getShort(int offset) {
        return ALL.get(JAVA_SHORT_UNALIGNED, at(offset, Short.BYTES));
    }

    /**
     * Reads 32 bits.
     *
     * @param offset bytes from the start of the record, in any alignment
     * @return the number
     * @throws IndexOutOfBoundsException if it is outside of the record
     * @throws IllegalStateException after the consumer's call
     */
    @Override
    public int getInt(int offset) {
        return ALL.get(JAVA_INT_UNALIGNED, at(offset, Integer.BYTES));
    }

    /**
     * Reads 64 bits.
     *
     * @param offset bytes from the start of the record, in any alignment
     * @return the number
     * @throws IndexOutOfBoundsException if it is outside of the record
     * @throws IllegalStateException after the consumer's call
     */
    @Override
    public long getLong(int offset) {
        return ALL.get(JAVA_LONG_UNALIGNED, at(offset, Long.BYTES));
    }

    /**
     * Reads a C string: the bytes up to the first NUL, or all {@code length} of them, as UTF-8.
     *
     * @param offset bytes from the start of the record
     * @param length bytes of the array that holds it
     * @return the text
     * @throws IndexOutOfBoundsException if the array is not inside of the record
     * @throws IllegalStateException after the consumer's call
     */
    public String getString(int offset, int length) {
        return CString.read(ALL, at(offset, length), length);
    }

    /**
     * Copies the record.
     *
     * @return a new array of {@link #size} bytes
     * @throws IllegalStateException after the consumer's call
     */
    public byte[] toArray() {
        byte[] bytes = new byte[size()];
        MemorySegment.copy(ALL, JAVA_BYTE, address, bytes, 0, bytes.length);
        return bytes;
    }

    /**
     * Reads the record as a value. It may be longer than the codec asks for.
     *
     * @param codec how
     * @param <T> the type of the value
     * @return the value
     * @throws IndexOutOfBoundsException if the record is too short
     * @throws IllegalStateException after the consumer's call
     */
    public <T> T read(Codec<T> codec) {
        return read(codec, 0);
    }

    /**
     * Reads a part of the record as a value.
     *
     * @param codec how
     * @param offset bytes from the start of the record
     * @param <T> the type of the value
     * @return the value
     * @throws IndexOutOfBoundsException if the record is too short
     * @throws IllegalStateException after the consumer's call
     */
    @Override
    public <T> T read(Codec<T> codec, int offset) {
        long at = at(offset, codec.size());
        return isInsider(codec) ? codec.read(ALL, at, size - offset) : codec.read(segment(), offset, size - offset);
    }

    @Override
    public long readLong(NumberCodec<?> codec, int offset) {
        long at = at(offset, codec.size());
        return isInsider(codec) ? codec.readLong(ALL, at) : codec.readLong(segment(), offset);
    }

    /**
     * The record as a segment, which ends with the consumer's call and belongs to its thread. Costs an arena per record;
     * the other methods cost nothing.
     *
     * @return a read-only segment of {@link #size} bytes
     * @throws IllegalStateException after the consumer's call
     */
    public MemorySegment segment() {
        int bytes = size();
        Arena lent = arena;
        if (lent == null) {
            lent = Arena.ofConfined();
            arena = lent;
            attention = true;
        }
        return Sys.memory(address, bytes, lent).asReadOnly();
    }

    /** Whether a codec may be given all memory. */
    @SuppressWarnings("ReferenceEquality") // one that only says it is equal may be somebody else's
    private boolean isInsider(Codec<?> codec) {
        return codec == insider || isNewInsider(codec);
    }

    /** Asking costs more than a read, so the last codec is remembered. */
    private boolean isNewInsider(Codec<?> codec) {
        boolean inside = StaysInside.is(codec);
        if (inside) {
            insider = codec;
        }
        return inside;
    }

    /** The address of bytes that are inside of the record. */
    long at(int offset, int length) {
        if ((offset | length) < 0 || length > size - offset) {
            throw outside(offset, length);
        }
        return address + offset;
    }

    private RuntimeException outside(int offset, int length) {
        if (size == NOT_LENT) {
            return notLent();
        }
        return new IndexOutOfBoundsException(
                length + " bytes at offset " + offset + " of a record of " + size + " bytes");
    }

    private static IllegalStateException notLent() {
        return new IllegalStateException(
                "a record is lent for the call of its consumer only; copy what is needed later");
    }
}
