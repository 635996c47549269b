package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The mapped memory of one user ring buffer and the producer's side of its protocol.
 *
 * <pre>
 *   consumer mapping, read-only      producer mapping, read-write
 *   +---------------------------+    +-----------------------+------------------+------------------+
 *   | u64 consumer position ... |    | u64 producer position | data, size bytes | the same again   |
 *   +---------------------------+    +-----------------------+------------------+------------------+
 *   one page                         one page                  so a record never wraps
 *
 *   record:  u32 length | BUSY | DISCARD    u32 zero    payload, padded to 8 bytes
 * </pre>
 *
 * <p>A record is in the ring, BUSY, from the moment it is reserved: the kernel stops there. Source: {@code
 * kernel/bpf/ringbuf.c}. Safe for any number of threads; each record belongs to whoever reserved it.
 */
final class UserRing {
    /** There is no room now. */
    static final long NO_SPACE = -1;

    /** There can never be room. */
    static final long TOO_BIG = -2;

    /** After {@link #close}. */
    static final long CLOSED = -3;

    static final int HEADER = Flag.BPF_RINGBUF_HDR_SZ;
    static final int DISCARD = Flag.BPF_RINGBUF_DISCARD_BIT;
    private static final int BUSY = Flag.BPF_RINGBUF_BUSY_BIT;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;

    /** The kernel hands a record to the program as a dynptr, whose length has 24 bits; a longer one would block the ring. */
    private static final int LONGEST = (1 << 24) - 1;

    /** In {@link #state} beside the number of records that are reserved and not finished. */
    private static final int CLOSING = 1 << 31;

    private static final MemorySegment ALL = Sys.memory(0, Long.MAX_VALUE);
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final VarHandle STATE = stateHandle();

    private final Sys sys;
    private final long pageSize;
    private final long size;
    private final long mask;
    private final long consumerPage;
    private final long producerPage;
    private final long data;

    /** How far the kernel was when last looked at; looked at again only when the ring seems full. */
    private long consumed;

    @SuppressWarnings("unused") // by STATE
    private volatile int state;

    UserRing(BpfMap map) {
        this.sys = map.sys();
        this.size = Integer.toUnsignedLong(map.maxEntries());
        this.mask = size - 1;
        this.pageSize = sys.pageSize();
        if (map.type() != MapType.USER_RINGBUF) {
            throw new IllegalArgumentException(
                    "map '" + map.name() + "' is of type " + map.type() + ", not USER_RINGBUF");
        }
        if (Long.bitCount(size) != 1 || size % pageSize != 0) {
            throw new IllegalArgumentException("map '" + map.name() + "' has " + size
                    + " bytes, and a user ring buffer has a power of two that is a multiple of " + pageSize);
        }
        consumerPage = mapped(map, PROT_READ, pageSize, 0);
        try {
            producerPage = mapped(map, PROT_READ | PROT_WRITE, pageSize + 2 * size, pageSize);
        } catch (RuntimeException e) {
            sys.munmap(consumerPage, pageSize);
            throw e;
        }
        data = producerPage + pageSize;
    }

    private long mapped(BpfMap map, int protection, long length, long offset) {
        return BpfException.checked(
                sys.mmap(length, protection, MAP_SHARED, map.fd(), offset),
                "map user ring buffer '" + map.name() + "' into memory");
    }

    long size() {
        return size;
    }

    /** Puts a BUSY record into the ring: its address, or {@link #NO_SPACE}, {@link #TOO_BIG}, {@link #CLOSED}. */
    synchronized long reserve(int length) {
        if ((int) STATE.getAcquire(this) < 0) {
            return CLOSED;
        }
        long stride = ((long) length + HEADER + 7) & ~7L;
        if (stride > size || length > LONGEST) {
            return TOO_BIG;
        }
        long position = (long) LONG.get(ALL, producerPage);
        if (position + stride - consumed > size) {
            consumed = (long) LONG.getAcquire(ALL, consumerPage);
            if (position + stride - consumed > size) {
                return NO_SPACE;
            }
        }
        long record = data + (position & mask);
        LONG.set(ALL, record, (long) (length | BUSY) & 0xffffffffL);
        LONG.setRelease(ALL, producerPage, position + stride);
        STATE.getAndAdd(this, 1);
        return record;
    }

    /** Gives a record to the kernel: {@code word} is its length, perhaps with {@link #DISCARD}. */
    void finish(long record, int word) {
        INT.setRelease(ALL, record, word);
        if ((int) STATE.getAndAdd(this, -1) - 1 == CLOSING) {
            unmap();
        }
    }

    /** Bytes that the kernel has not taken yet, headers included; 0 once closed. */
    synchronized long pending() {
        return (int) STATE.getAcquire(this) < 0
                ? 0
                : (long) LONG.get(ALL, producerPage) - (long) LONG.getAcquire(ALL, consumerPage);
    }

    /** Reserves nothing from here on; the memory goes with the last record that is still being written. */
    synchronized void close() {
        if ((int) STATE.getAndBitwiseOr(this, CLOSING) == 0) {
            unmap();
        }
    }

    private void unmap() {
        sys.munmap(producerPage, pageSize + 2 * size);
        sys.munmap(consumerPage, pageSize);
    }

    private static VarHandle stateHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(UserRing.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
