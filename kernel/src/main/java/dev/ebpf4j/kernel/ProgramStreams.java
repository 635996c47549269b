package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.sys.BpfAttr.ProgStreamRead;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Takes what programs printed into their own streams. */
final class ProgramStreams {
    /** {@code BPF_STREAM_STDOUT} of {@code linux/bpf.h}. */
    static final int STDOUT = 1;

    /** {@code BPF_STREAM_STDERR}. */
    static final int STDERR = 2;

    /** The kernel keeps at most 100,000 bytes per stream. */
    private static final int CHUNK = 16 * 1024;

    private ProgramStreams() {}

    static String take(Sys sys, int fd, String program, int stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK);
            MemorySegment attr = arena.allocate(ProgStreamRead.BYTES, Long.BYTES);
            attr.set(JAVA_LONG, ProgStreamRead.STREAM_BUF, buffer.address());
            attr.set(JAVA_INT, ProgStreamRead.STREAM_BUF_LEN, CHUNK);
            attr.set(JAVA_INT, ProgStreamRead.STREAM_ID, stream);
            attr.set(JAVA_INT, ProgStreamRead.PROG_FD, fd);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            while (true) {
                long count = sys.bpf(Uapi.Cmd.BPF_PROG_STREAM_READ_BY_FD, attr, ProgStreamRead.BYTES);
                if (count < 0) {
                    throw failure(program, Errno.of(count));
                }
                if (count == 0) {
                    return text.toString(StandardCharsets.UTF_8);
                }
                text.writeBytes(buffer.asSlice(0, count).toArray(JAVA_BYTE));
            }
        }
    }

    private static BpfException failure(String program, Errno errno) {
        String operation = "read what program '" + program + "' printed";
        return errno.is(Errno.EINVAL)
                ? new UnsupportedFeatureException(operation, errno, "command BPF_PROG_STREAM_READ_BY_FD", "6.17")
                : new BpfException(operation, errno);
    }
}
