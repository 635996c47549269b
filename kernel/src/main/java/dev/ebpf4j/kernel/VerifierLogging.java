package dev.ebpf4j.kernel;

import dev.ebpf4j.error.VerifierLog;
import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the verifier shall write while programs are loaded, and where to. Immutable.
 *
 * @param level bits of {@code enum bpf_log_level}: {@link #BASIC}, {@link #VERBOSE}, {@link #STATS}; 0 for no log, in which
 *     case a program that is refused is loaded once more with {@link #BASIC}
 * @param buffer native memory that the log of each program is written into, and that a log must fit: if it doesn't, loading
 *     fails with ENOSPC; null for memory that grows by itself
 * @param listener gets each program's name and log, whether it was accepted or not, before the next one is loaded; null
 *     for none
 */
public record VerifierLogging(
        int level, @Nullable MemorySegment buffer, @Nullable BiConsumer<String, VerifierLog> listener) {
    /** {@code BPF_LOG_LEVEL1}: the path that was refused. */
    public static final int BASIC = 1;

    /** {@code BPF_LOG_LEVEL2}: every instruction on every path, with all registers. */
    public static final int VERBOSE = 2;

    /** {@code BPF_LOG_STATS}: only the figures at the end, and the reason of a refusal. */
    public static final int STATS = 4;

    /** No log but of programs that are refused. */
    public static final VerifierLogging NONE = new VerifierLogging(0, null, null);

    /**
     * Checks the buffer.
     *
     * @throws IllegalArgumentException if the level is negative, or the buffer is no native memory or smaller than 128 bytes
     */
    public VerifierLogging {
        if (level < 0) {
            throw new IllegalArgumentException("log level " + level);
        }
        if (buffer != null && (!buffer.isNative() || buffer.byteSize() < 128)) {
            throw new IllegalArgumentException("a log needs native memory of at least 128 bytes, not " + buffer);
        }
    }

    /**
     * {@return a log of this level, in memory that grows by itself}
     *
     * @param level bits such as {@link #STATS}
     */
    public static VerifierLogging of(int level) {
        return new VerifierLogging(level, null, null);
    }

    /**
     * {@return the same, written into memory of the caller}
     *
     * @param memory native memory of at least 128 bytes, of which at most 256 MiB are used; alive until loading is over
     */
    public VerifierLogging withBuffer(MemorySegment memory) {
        return new VerifierLogging(level, memory, listener);
    }

    /**
     * {@return the same, told to a listener}
     *
     * @param consumer called by the thread that loads
     */
    public VerifierLogging withListener(BiConsumer<String, VerifierLog> consumer) {
        return new VerifierLogging(level, buffer, consumer);
    }

    /** The same, with what is asked for one program. */
    VerifierLogging with(int programLevel) {
        return new VerifierLogging(level | programLevel, buffer, listener);
    }
}
