package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.hot.StaysInside;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Room for one message in a {@link UserRingBuffer}, to be written in place: reserve, write, {@link #submit}. An object made
 * once by {@link UserRingBuffer#reservation} serves any number of messages, one after the other, without allocating.
 *
 * <pre>{@code
 * try (Reservation message = ring.reservation()) {
 *     while (…) {
 *         if (message.reserve(16) == ReserveResult.RESERVED) {
 *             message.setLong(0, key);
 *             message.setLong(8, value);
 *             message.submit();
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>The kernel takes messages in the order in which they were reserved, and waits at the first that is neither submitted
 * nor discarded: do not keep one for long. {@link #close} discards what is not submitted. The bytes of a new reservation are
 * what an earlier message left there: write all of them. Numbers are in the machine's byte order.
 *
 * <p>For one thread at a time; threads with a reservation each may write at the same time.
 */
public final class Reservation implements AutoCloseable {
    private static final MemorySegment ALL = Sys.memory(0, Long.MAX_VALUE);
    private static final int NONE = -1;

    private final UserRingBuffer buffer;
    private final UserRing ring;
    private long record;
    private int size = NONE;
    private @Nullable Arena arena;

    Reservation(UserRingBuffer buffer, UserRing ring) {
        this.buffer = buffer;
        this.ring = ring;
    }

    /**
     * Asks for room without waiting.
     *
     * @param bytes how many
     * @return whether there is room, and if not, why
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws IllegalStateException if what was reserved before is neither submitted nor discarded, or the ring is closed
     */
    public ReserveResult reserve(int bytes) {
        if (size != NONE) {
            throw new IllegalStateException("the room that was reserved before is neither submitted nor discarded");
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("a message of " + bytes + " bytes");
        }
        long found = ring.reserve(bytes);
        if (found >= 0) {
            record = found;
            size = bytes;
            return ReserveResult.RESERVED;
        }
        if (found == UserRing.CLOSED) {
            throw buffer.closed();
        }
        return found == UserRing.NO_SPACE ? ReserveResult.NO_SPACE : ReserveResult.TOO_BIG;
    }

    /**
     * Asks for room, and if there is none waits until the program has taken enough. Of several threads that wait, one comes
     * after the other. A virtual thread that waits is parked.
     *
     * @param bytes how many
     * @param timeout how long to wait at most; 0 or less does not wait
     * @return whether there is room, and if not, why: {@link ReserveResult#NO_SPACE} after the time-out
     * @throws InterruptedException if the thread is interrupted before or during the wait; nothing is reserved then
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws IllegalStateException if what was reserved before is neither submitted nor discarded, or the ring is closed, also
     *     during the wait
     */
    public ReserveResult reserve(int bytes, Duration timeout) throws InterruptedException {
        ReserveResult result = reserve(bytes);
        return result == ReserveResult.NO_SPACE ? buffer.reserve(this, bytes, timeout) : result;
    }

    /** {@return the size that was reserved} */
    public int size() {
        at(0, 0);
        return size;
    }

    /**
     * Writes one byte.
     *
     * @param offset bytes from the start of the message
     * @param value the byte
     * @throws IndexOutOfBoundsException if it is outside of the message
     * @throws IllegalStateException if nothing is reserved
     */
    public void setByte(int offset, byte value) {
        ALL.set(JAVA_BYTE, at(offset, Byte.BYTES), value);
    }

    /**
     * Writes 16 bits.
     *
     * @param offset bytes from the start of the message, in any alignment
     * @param value the number
     * @throws IndexOutOfBoundsException if it is outside of the message
     * @throws IllegalStateException if nothing is reserved
     */
    public void setShort(int offset, short value) {
        ALL.set(JAVA_SHORT_UNALIGNED, at(offset, Short.BYTES), value);
    }

    /**
     * Writes 32 bits.
     *
     * @param offset bytes from the start of the message, in any alignment
     * @param value the number
     * @throws IndexOutOfBoundsException if it is outside of the message
     * @throws IllegalStateException if nothing is reserved
     */
    public void setInt(int offset, int value) {
        ALL.set(JAVA_INT_UNALIGNED, at(offset, Integer.BYTES), value);
    }

    /**
     * Writes 64 bits.
     *
     * @param offset bytes from the start of the message, in any alignment
     * @param value the number
     * @throws IndexOutOfBoundsException if it is outside of the message
     * @throws IllegalStateException if nothing is reserved
     */
    public void setLong(int offset, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, at(offset, Long.BYTES), value);
    }

    /**
     * Writes bytes.
     *
     * @param offset bytes from the start of the message
     * @param bytes what to write
     * @throws IndexOutOfBoundsException if they are not all inside of the message
     * @throws IllegalStateException if nothing is reserved
     */
    public void setBytes(int offset, byte[] bytes) {
        MemorySegment.copy(bytes, 0, ALL, JAVA_BYTE, at(offset, bytes.length), bytes.length);
    }

    /**
     * Writes memory.
     *
     * @param offset bytes from the start of the message
     * @param source what to write, heap or native
     * @throws IndexOutOfBoundsException if it is not all inside of the message
     * @throws IllegalStateException if nothing is reserved
     */
    public void setBytes(int offset, MemorySegment source) {
        int bytes = (int) Math.min(source.byteSize(), Integer.MAX_VALUE);
        MemorySegment.copy(source, 0, ALL, at(offset, bytes), bytes);
    }

    /**
     * Writes a value at the start of the message.
     *
     * @param codec how, bound to the type that the program reads
     * @param value the value
     * @param <T> its type
     * @throws IndexOutOfBoundsException if the message is too short
     * @throws IllegalStateException if nothing is reserved
     */
    public <T> void write(Codec<T> codec, T value) {
        long at = at(0, codec.size());
        if (StaysInside.is(codec)) {
            codec.write(value, ALL, at);
        } else {
            codec.write(value, segment(), 0);
        }
    }

    /**
     * The message as a segment, which ends with {@link #submit} or {@link #discard} and belongs to the calling thread. Costs
     * an arena per message; the other methods cost nothing.
     *
     * @return a segment of {@link #size} bytes
     * @throws IllegalStateException if nothing is reserved
     */
    public MemorySegment segment() {
        long address = at(0, 0);
        Arena lent = arena;
        if (lent == null) {
            lent = Arena.ofConfined();
            arena = lent;
        }
        return Sys.memory(address, size, lent);
    }

    /**
     * Gives the message to the program, which sees it when it drains the ring the next time.
     *
     * @throws IllegalStateException if nothing is reserved
     * @throws WrongThreadException if another thread asked for the {@link #segment}
     */
    public void submit() {
        at(0, 0);
        finish(size);
    }

    /** Gives the room back: the program sees nothing of it. Does nothing where nothing is reserved. */
    public void discard() {
        if (size != NONE) {
            finish(size | UserRing.DISCARD);
        }
    }

    /** Discards what is reserved and not submitted. The object can be used again. */
    @Override
    public void close() {
        discard();
    }

    private void finish(int word) {
        Arena lent = arena;
        if (lent != null) {
            lent.close(); // first: it throws where another thread than the segment's is here
            arena = null;
        }
        size = NONE;
        ring.finish(record, word);
    }

    /** The address of bytes that are inside of the message. */
    private long at(int offset, int length) {
        if ((offset | length) < 0 || length > size - offset) {
            throw outside(offset, length);
        }
        return record + UserRing.HEADER + offset;
    }

    private RuntimeException outside(int offset, int length) {
        return size == NONE
                ? new IllegalStateException("nothing is reserved")
                : new IndexOutOfBoundsException(
                        length + " bytes at offset " + offset + " of a message of " + size + " bytes");
    }
}
