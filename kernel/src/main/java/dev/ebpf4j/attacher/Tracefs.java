package dev.ebpf4j.attacher;

import dev.ebpf4j.btf.CloseNames;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The kernel's list of tracepoints, wherever it is mounted; where it is not, through a mount of our own that no path leads
 * to and that is gone when this is closed.
 */
public final class Tracefs implements AutoCloseable {
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int CHUNK = 64 * 1024;

    private final Sys sys;
    private final Fd directory;

    private Tracefs(Sys sys, Fd directory) {
        this.sys = sys;
        this.directory = directory;
    }

    /** There is no way to tracefs. */
    public static final class NoTracefsException extends Exception {
        private static final long serialVersionUID = 1L;

        /** The kernel's answer, negative. */
        private final long error;

        NoTracefsException(long error, String message) {
            super(message);
            this.error = error;
        }

        /** What stands in the way. */
        @Override
        public String getMessage() {
            return Objects.requireNonNull(super.getMessage());
        }

        /** {@return the kernel's answer, negative} */
        public long error() {
            return error;
        }
    }

    /**
     * What a file says.
     *
     * @param error 0, or {@code -errno}
     * @param text its content, empty after an error
     */
    record Content(long error, String text) {}

    /**
     * Opens tracefs.
     *
     * @param sys the kernel
     * @return tracefs, to be closed by the caller
     * @throws NoTracefsException if there is no way to it
     */
    public static Tracefs open(Sys sys) throws NoTracefsException {
        String denied = "";
        for (String path :
                mountPoints(read(sys, Sys.AT_FDCWD, "/proc/self/mountinfo").text())) {
            long fd = sys.openat(Sys.AT_FDCWD, path, 0, 0);
            if (fd >= 0) {
                return new Tracefs(sys, new Fd(sys, fd));
            }
            if (fd == -Errno.EACCES || fd == -Errno.EPERM) {
                denied = "this process may not read " + path + ": run it as root, or give its user the right to";
            }
        }
        try {
            return new Tracefs(sys, mountUnseen(sys));
        } catch (NoTracefsException e) {
            throw denied.isEmpty() ? e : new NoTracefsException(e.error(), denied);
        }
    }

    /** Where tracefs is mounted, or would mount itself below debugfs. */
    static List<String> mountPoints(String mountInfo) {
        List<String> traceFs = new ArrayList<>();
        List<String> debugFs = new ArrayList<>();
        mountInfo.lines().forEach(line -> {
            // 36 35 0:12 / /sys/kernel/tracing rw,relatime shared:9 - tracefs tracefs rw
            int dash = line.indexOf(" - ");
            String[] fields = line.split(" ", 6);
            if (dash < 0 || fields.length < 6 || !fields[3].equals("/")) {
                return;
            }
            String type = line.substring(dash + 3);
            if (type.startsWith("tracefs ")) {
                traceFs.add(unescape(fields[4]));
            } else if (type.startsWith("debugfs ")) {
                debugFs.add(unescape(fields[4]) + "/tracing");
            }
        });
        traceFs.addAll(debugFs);
        return traceFs;
    }

    /** The kernel writes blank, tab, newline and backslash in paths as three octal digits. */
    private static String unescape(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private static Fd mountUnseen(Sys sys) throws NoTracefsException {
        try (Fd context = own(sys, sys.fsopen("tracefs"))) {
            long created = sys.fsconfig(context.fd(), FSCONFIG_CMD_CREATE, null, null, 0);
            if (created < 0) {
                throw notMounted(created);
            }
            return own(sys, sys.fsmount(context.fd(), 0));
        }
    }

    private static Fd own(Sys sys, long result) throws NoTracefsException {
        if (result < 0) {
            throw notMounted(result);
        }
        return new Fd(sys, result);
    }

    private static NoTracefsException notMounted(long error) {
        return new NoTracefsException(
                error,
                "tracefs is not mounted, and this process may not mount it (" + Errno.of(error)
                        + "): run mount -t tracefs tracefs /sys/kernel/tracing as root");
    }

    /**
     * {@return the descriptor of a file below tracefs, opened to be read, which is the caller's; or {@code -errno}}
     *
     * @param path below tracefs
     * @param flags for openat(2)
     */
    public long openFile(String path, int flags) {
        return sys.openat(directory.fd(), path, flags, 0);
    }

    /** Reads a file below tracefs. */
    Content read(String path) {
        return read(sys, directory.fd(), path);
    }

    private static Content read(Sys sys, int directory, String path) {
        long fd = sys.openat(directory, path, 0, 0);
        if (fd < 0) {
            return new Content(fd, "");
        }
        try (Fd file = new Fd(sys, fd);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            while (true) {
                long count = sys.read(file.fd(), buffer);
                if (count < 0) {
                    return new Content(count, "");
                }
                if (count == 0) {
                    return new Content(0, content.toString(StandardCharsets.UTF_8));
                }
                content.writeBytes(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    /** Returns a hint with the names of tracepoints that are close to one that does not exist; empty if none is. */
    String closeTo(String wanted, UnaryOperator<String> nameOf) {
        List<String> names = read("available_events").text().lines().map(nameOf).toList();
        List<String> close = CloseNames.closest(wanted, names);
        return close.isEmpty() ? "" : "; close names: " + String.join(", ", close);
    }

    /** Ends the mount, if it was ours. */
    @Override
    public void close() {
        directory.close();
    }
}
