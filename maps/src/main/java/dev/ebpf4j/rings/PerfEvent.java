package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.UapiStruct.PerfEventAttr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's event for the records that programs write on one CPU: the source of a {@link PerfRing}.
 *
 * <p>Source: {@code include/uapi/linux/perf_event.h}.
 */
final class PerfEvent implements AutoCloseable {
    private static final int PERF_TYPE_SOFTWARE = 1;
    private static final int PERF_COUNT_SW_BPF_OUTPUT = 10;
    private static final int PERF_SAMPLE_TIME = 1 << 2;
    private static final int PERF_SAMPLE_RAW = 1 << 10;
    private static final int PERF_FORMAT_LOST = 1 << 4;
    private static final int CLOCK_MONOTONIC = 1;
    private static final long PERF_EVENT_IOC_PAUSE_OUTPUT = 0x40042409;
    private static final int EVERY_PROCESS = -1;
    private static final int NO_GROUP = -1;

    /** What PERF_FORMAT_LOST makes of a read: the event's value, the number of lost records. */
    private static final int COUNTS_BYTES = 2 * Long.BYTES;

    private final Sys sys;
    private final Fd fd;
    private final int cpu;
    private final String mapName;
    private final boolean countsLost;

    private PerfEvent(Sys sys, Fd fd, int cpu, String mapName, boolean countsLost) {
        this.sys = sys;
        this.fd = fd;
        this.cpu = cpu;
        this.mapName = mapName;
        this.countsLost = countsLost;
    }

    /** Opens the event of one CPU; null if the CPU has gone meanwhile. */
    static @Nullable PerfEvent open(Sys sys, String mapName, int cpu, PerfOptions options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = attr(arena, options);
            attr.set(JAVA_LONG, PerfEventAttr.READ_FORMAT, PERF_FORMAT_LOST);
            long result = sys.perfEventOpen(attr, EVERY_PROCESS, cpu, NO_GROUP, 0);
            boolean countsLost = result != -Errno.EINVAL;
            if (!countsLost) { // before Linux 6.0
                attr.set(JAVA_LONG, PerfEventAttr.READ_FORMAT, 0);
                result = sys.perfEventOpen(attr, EVERY_PROCESS, cpu, NO_GROUP, 0);
            }
            if (result == -Errno.ENODEV) {
                return null;
            }
            if (result < 0) {
                Errno errno = Errno.of(result);
                String operation = "open the perf event of CPU " + cpu + " for map '" + mapName + "'";
                throw new BpfException(operation, errno, PerfAdvice.open(sys, errno));
            }
            return new PerfEvent(sys, new Fd(sys, result), cpu, mapName, countsLost);
        }
    }

    private static MemorySegment attr(Arena arena, PerfOptions options) {
        MemorySegment attr = arena.allocate(PerfEventAttr.BYTES, Long.BYTES);
        attr.set(JAVA_INT, PerfEventAttr.TYPE, PERF_TYPE_SOFTWARE);
        attr.set(JAVA_INT, PerfEventAttr.SIZE, PerfEventAttr.BYTES);
        attr.set(JAVA_LONG, PerfEventAttr.CONFIG, PERF_COUNT_SW_BPF_OUTPUT);
        attr.set(JAVA_LONG, PerfEventAttr.SAMPLE_PERIOD, 1);
        int samples = PERF_SAMPLE_RAW;
        if (options.timestamps()) {
            samples |= PERF_SAMPLE_TIME;
            setBit(attr, PerfEventAttr.USE_CLOCKID_BIT);
            attr.set(JAVA_INT, PerfEventAttr.CLOCKID, CLOCK_MONOTONIC);
        }
        attr.set(JAVA_LONG, PerfEventAttr.SAMPLE_TYPE, samples);
        if (options.watermark() > 0) {
            setBit(attr, PerfEventAttr.WATERMARK_BIT);
            attr.set(JAVA_INT, PerfEventAttr.WAKEUP_WATERMARK, options.watermark());
        } else {
            attr.set(JAVA_INT, PerfEventAttr.WAKEUP_EVENTS, options.wakeupEvents());
        }
        if (options.overwrite()) {
            setBit(attr, PerfEventAttr.WRITE_BACKWARD_BIT);
        }
        return attr;
    }

    private static void setBit(MemorySegment attr, int bit) {
        int at = bit / Byte.SIZE;
        attr.set(JAVA_BYTE, at, (byte) (attr.get(JAVA_BYTE, at) | 1 << bit % Byte.SIZE));
    }

    int cpu() {
        return cpu;
    }

    int fd() {
        return fd.fd();
    }

    /** From here on the kernel drops, and counts as lost, what programs write; or does not any more. */
    void pause(boolean on) {
        BpfException.checked(
                sys.ioctl(fd(), PERF_EVENT_IOC_PAUSE_OUTPUT, on ? 1 : 0),
                (on ? "pause" : "resume") + " the perf event of CPU " + cpu + " for map '" + mapName + "'");
    }

    /** How many records the kernel had no room for, or -1 where it does not say. */
    long lost() {
        if (!countsLost) {
            return -1;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counts = arena.allocate(COUNTS_BYTES, Long.BYTES);
            return sys.read(fd(), counts) == COUNTS_BYTES ? counts.get(JAVA_LONG, Long.BYTES) : -1;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
