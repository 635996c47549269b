package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Why the kernel refuses perf events and their memory, made sure of after the failure; empty if not known. */
final class PerfAdvice {
    private static final String PARANOID = "/proc/sys/kernel/perf_event_paranoid";
    private static final int CAPABILITY_VERSION = 0x20080522;
    private static final int HEADER_BYTES = 8;
    private static final int DATA_BYTES = 24;
    private static final long SECOND_HALF = 12;
    private static final int CAP_IPC_LOCK = 14;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_PERFMON = 38;

    private PerfAdvice() {}

    static String open(Sys sys, Errno errno) {
        boolean refused = errno.is(Errno.EACCES) || errno.is(Errno.EPERM);
        if (!refused || has(sys, CAP_PERFMON) || has(sys, CAP_SYS_ADMIN)) {
            return "";
        }
        return "the process has neither CAP_PERFMON (Linux 5.8) nor CAP_SYS_ADMIN, and " + PARANOID + " is "
                + paranoid(sys) + "; events of whole CPUs need one of them, or 0 or less there";
    }

    static String map(Sys sys, Errno errno, int pages) {
        if (!errno.is(Errno.EPERM) || has(sys, CAP_IPC_LOCK)) {
            return "";
        }
        return "without CAP_IPC_LOCK, " + pages + " pages for each CPU must fit into what"
                + " /proc/sys/kernel/perf_event_mlock_kb allows each user and"
                + " RLIMIT_MEMLOCK in addition: take fewer pages, or raise one of"
                + " them";
    }

    private static boolean has(Sys sys, int capability) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(HEADER_BYTES, Integer.BYTES);
            MemorySegment data = arena.allocate(DATA_BYTES, Integer.BYTES);
            header.set(JAVA_INT, 0, CAPABILITY_VERSION);
            if (sys.capget(header, data) < 0) {
                return true; // then nothing is made sure of
            }
            int half = data.get(JAVA_INT, capability / Integer.SIZE * SECOND_HALF);
            return (half >>> capability % Integer.SIZE & 1) != 0;
        }
    }

    private static String paranoid(Sys sys) {
        long result = sys.openat(Sys.AT_FDCWD, PARANOID, 0, 0);
        if (result < 0) {
            return "not readable";
        }
        try (Fd fd = new Fd(sys, result);
                Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(16);
            long length = Math.max(0, sys.read(fd.fd(), text));
            return new String(text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), US_ASCII).strip();
        }
    }
}
