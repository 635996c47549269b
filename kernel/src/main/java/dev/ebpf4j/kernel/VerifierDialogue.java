package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.MemorySegment;

/**
 * Asks the verifier about one program: without a log, which is fastest, unless one was asked for; if it refuses, once more
 * for the log. That one time is enough for all but enormous logs. For one thread, and one use.
 */
final class VerifierDialogue {
    private static final int TRIES_WHILE_BUSY = 5;
    /** The most that kernels before 5.2 take; it fits nearly every log. */
    private static final int FIRST_LOG_BYTES = 0xff_ffff;

    private static final int MOST_LOG_BYTES = 256 << 20;

    private final Sys sys;
    private final VerifierLogging logging;
    private final MemorySegment attr;
    private String text = "";
    private long wantedBytes;

    VerifierDialogue(Sys sys, VerifierLogging logging, MemorySegment attr) {
        this.sys = sys;
        this.logging = logging;
        this.attr = attr;
    }

    /** Answers a descriptor, or the first {@code -errno}. */
    long ask() {
        if (logging.level() != 0) {
            return askForLog(logging.level());
        }
        long first = call();
        if (first >= 0) {
            return first;
        }
        long second = askForLog(VerifierLogging.BASIC);
        return second >= 0 ? second : first;
    }

    /** What the verifier wrote last, empty if nothing. */
    String text() {
        return text;
    }

    /** The size that a log did not have, where that is why loading failed; else 0. */
    long wantedBytes() {
        return wantedBytes;
    }

    private long call() {
        long result = sys.bpf(Uapi.Cmd.BPF_PROG_LOAD, attr, ProgLoad.BYTES);
        for (int i = 1; result == -Errno.EAGAIN && i < TRIES_WHILE_BUSY; i++) {
            result = sys.bpf(Uapi.Cmd.BPF_PROG_LOAD, attr, ProgLoad.BYTES);
        }
        return result;
    }

    private long askForLog(int level) {
        MemorySegment given = logging.buffer();
        if (given != null) {
            long result = askWith(LogMemory.of(sys, given, MOST_LOG_BYTES), level);
            wantedBytes = result == -Errno.ENOSPC ? Math.max(1, trueSize()) : 0;
            return result;
        }
        int size = FIRST_LOG_BYTES;
        long result = askWithOwn(size, level);
        while (result == -Errno.ENOSPC && size < MOST_LOG_BYTES && !isEnough()) {
            String known = text;
            size = (int) Math.min(MOST_LOG_BYTES, Math.max(size * 2L, trueSize() + 1));
            result = askWithOwn(size, level);
            text = text.isEmpty() ? known : text;
        }
        return result;
    }

    /** Kernels that tell the true size keep the end of a log, where the reason stands; only that was asked for. */
    private boolean isEnough() {
        return trueSize() > 0 && logging.level() == 0;
    }

    private long trueSize() {
        return Integer.toUnsignedLong(attr.get(JAVA_INT, ProgLoad.LOG_TRUE_SIZE));
    }

    private long askWithOwn(int size, int level) {
        try (LogMemory memory = LogMemory.allocate(sys, size)) {
            return askWith(memory, level);
        }
    }

    private long askWith(LogMemory memory, int level) {
        memory.clear();
        attr.set(JAVA_INT, ProgLoad.LOG_LEVEL, memory.size() == 0 ? 0 : level);
        attr.set(JAVA_INT, ProgLoad.LOG_SIZE, memory.size());
        attr.set(JAVA_LONG, ProgLoad.LOG_BUF, memory.address());
        attr.set(JAVA_INT, ProgLoad.LOG_TRUE_SIZE, 0);
        long result = call();
        text = memory.text();
        return result;
    }
}
