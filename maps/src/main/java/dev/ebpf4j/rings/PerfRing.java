package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.hot.HotClass;
import dev.ebpf4j.hot.HotCopies;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The mapped memory of one CPU's perf event, and how far it has been read.
 *
 * <pre>
 *   +------------------------------------------------+------------------------------+
 *   | ... 1024: u64 data_head  1032: u64 data_tail   | data, a power of two of pages |
 *   +------------------------------------------------+------------------------------+
 *   one page
 *
 *   record:  u32 type  u16 flags  u16 size, header included: a multiple of 8
 *     SAMPLE 9:  [u64 time]  u32 length of the payload  payload, padded so that the next record is aligned
 *     LOST   2:  u64 id      u64 number of records
 * </pre>
 *
 * <p>The kernel writes from data_head on and leaves alone what begins at data_tail. Both only grow; modulo the size they
 * are offsets. A record that does not fit before the end of the data goes on at their beginning.
 *
 * <p>Source: {@code include/uapi/linux/perf_event.h}, {@code kernel/events/ring_buffer.c}.
 */
class PerfRing {
    static final int SAMPLE = 9;
    static final int LOST = 2;

    /** Bytes of every record's header. */
    static final int HEADER = 8;

    /** All memory: offsets in it are addresses. */
    static final MemorySegment ALL = Sys.memory(0, Long.MAX_VALUE);

    static final VarHandle LONG = JAVA_LONG.varHandle();
    static final int DATA_HEAD = 1024;
    private static final int DATA_TAIL = 1032;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int WORDS = Long.BYTES;

    /** What hands out the records of one ring; has a copy for each class of consumers. */
    interface Loop {
        int run(PerfRing ring, Event event, EventConsumer consumer, int limit);
    }

    private static final HotCopies<Loop> LOOPS =
            new HotCopies<>(new HotClass<>(MethodHandles.lookup(), PerfLoop.class, Loop.class), new PerfLoop());

    final BpfMap map;
    final PerfEvent event;
    final PerfScratch scratch;
    final long page;

    /** Where the records are: in the mapping, unless they are copied first. */
    long data;

    final long size;

    final long mask;

    /** Bytes of a sample before its payload. */
    final int overhead;

    final boolean timed;
    final long batch;
    private final Sys sys;
    private final long length;

    /** The next record to hand out. */
    long position;

    /** Where the records end that were there at the last {@link #look}. */
    long end;

    /** Records after this time are left alone. */
    long until = Long.MAX_VALUE;

    /** Where all rings were when a merge began. */
    long due;

    /** Sum of the lost records that were reported in the ring. */
    private final AtomicLong reported = new AtomicLong();

    PerfRing(BpfMap map, PerfEvent event, PerfOptions options, PerfScratch scratch) {
        this.map = map;
        this.event = event;
        this.scratch = scratch;
        this.sys = map.sys();
        this.timed = options.timestamps();
        this.overhead = HEADER + (timed ? Long.BYTES : 0) + Integer.BYTES;
        this.size = options.pages() * sys.pageSize();
        this.mask = size - 1;
        this.batch = Math.max(size / 8, HEADER);
        this.length = sys.pageSize() + size;
        // The kernel overwrites what it takes for unread only where it is told by a mapping that cannot say what was
        // read.
        int protection = options.overwrite() ? PROT_READ : PROT_READ | PROT_WRITE;
        long address = sys.mmap(length, protection, MAP_SHARED, event.fd(), 0);
        if (address < 0 && address > -4096) {
            Errno errno = Errno.of(address);
            String operation = "map " + options.pages() + " pages of CPU " + event.cpu() + " for perf buffer '"
                    + map.name() + "' into memory";
            throw new BpfException(operation, errno, PerfAdvice.map(sys, errno, options.pages()));
        }
        page = address;
        data = address + sys.pageSize();
    }

    /** Looks how far the kernel has come. */
    void look() {
        end = head();
    }

    final long head() {
        return (long) LONG.getAcquire(ALL, page + DATA_HEAD);
    }

    /** Gives the kernel the memory before {@code read} back. */
    void release(long read) {
        position = read;
        LONG.setRelease(ALL, page + DATA_TAIL, read);
    }

    /** Hands out what is there since the last {@link #look}. */
    final int drain(Event lent, EventConsumer consumer, int limit) {
        if (position >= end) {
            return 0;
        }
        lent.from(map, event.cpu());
        return LOOPS.of(consumer.getClass()).run(this, lent, consumer, limit);
    }

    /** The time of the next record; the smallest number for one without, {@link Long#MAX_VALUE} if there is none. */
    final long nextTime() {
        if (position >= end) {
            return Long.MAX_VALUE;
        }
        long offset = position & mask;
        boolean sample = (int) (long) LONG.get(ALL, data + offset) == SAMPLE;
        return sample ? (long) LONG.get(ALL, data + (offset + HEADER & mask)) : Long.MIN_VALUE;
    }

    /** The length of a record by its header; one that is not possible is the sign of a mapping gone wrong. */
    final long stride(long header, long at) {
        long stride = header >>> 48;
        int type = (int) header;
        long least = type == SAMPLE ? overhead : type == LOST ? HEADER + 2 * WORDS : HEADER;
        if (stride < least || stride % WORDS != 0 || stride > end - at) {
            throw new IllegalStateException("CPU " + event.cpu() + "'s ring of perf buffer '" + map.name()
                    + "' holds a record of type " + type + " and " + stride + " bytes where there are " + (end - at));
        }
        return stride;
    }

    /** The address of a record that goes on at the beginning of the data: a copy in one piece. */
    final long inOnePiece(long offset, long stride) {
        long copy = scratch.address(stride);
        long first = size - offset;
        MemorySegment.copy(ALL, data + offset, ALL, copy, first);
        MemorySegment.copy(ALL, data, ALL, copy + first, stride - first);
        return copy;
    }

    /** Deals with a record that is no sample. What else there may be than losses concerns no consumer. */
    final void other(int type, long at, EventConsumer consumer) {
        if (type == LOST) {
            long count = (long) LONG.get(ALL, data + (at + HEADER + WORDS & mask));
            reported.addAndGet(count);
            consumer.lost(map, event.cpu(), count);
        }
    }

    /** Records that the kernel had no room for; exact where the kernel counts them, else what it has reported so far. */
    final long lost() {
        return Math.max(reported.get(), event.lost());
    }

    /** For any thread, unless {@link #unmap} is called. */
    void pause(boolean on) {
        event.pause(on);
    }

    /** Bytes that the kernel has written and nobody has read. */
    long unread() {
        return head() - position;
    }

    void unmap() {
        sys.munmap(page, length);
        event.close();
    }
}
