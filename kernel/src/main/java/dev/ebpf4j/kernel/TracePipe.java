package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.attacher.Tracefs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What programs write by {@code bpf_printk}: the kernel's {@code trace_pipe}, as records. There is one such pipe for the
 * whole machine, and each line goes to one reader. Whoever opened it closes it. For one thread at a time.
 */
public final class TracePipe implements AutoCloseable {
    private static final int O_NONBLOCK = 0x800;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int CHUNK = 64 * 1024;

    private final Sys sys;
    private final Fd pipe;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(CHUNK);

    private TracePipe(Sys sys, Fd pipe) {
        this.sys = sys;
        this.pipe = pipe;
    }

    /**
     * {@return the pipe, to be closed by the caller; tracefs need not be mounted}
     *
     * @throws BpfException if the kernel refuses, or another reader has it (EBUSY)
     */
    public static TracePipe open() {
        return open(Sys.host());
    }

    static TracePipe open(Sys sys) {
        String operation = "open trace_pipe";
        try (Tracefs tracefs = Tracefs.open(sys)) {
            long fd = tracefs.openFile("trace_pipe", O_NONBLOCK);
            if (fd < 0) {
                throw new BpfException(
                        operation, Errno.of(fd), fd == -Errno.EBUSY ? "it has another reader at the moment" : "");
            }
            return new TracePipe(sys, new Fd(sys, fd));
        } catch (Tracefs.NoTracefsException e) {
            throw new BpfException(operation, Errno.of(e.error()), e.getMessage());
        }
    }

    /**
     * {@return the lines that stand there now, without waiting}
     *
     * @throws BpfException if the kernel refuses
     */
    public List<PrintkLine> read() {
        List<PrintkLine> lines = new ArrayList<>();
        while (true) {
            long count = sys.read(pipe.fd(), buffer);
            if (count == -Errno.EINTR) {
                continue;
            }
            if (count == -Errno.EAGAIN || count == 0) {
                return lines;
            }
            if (count < 0) {
                throw new BpfException("read trace_pipe", Errno.of(count));
            }
            parse(new String(buffer.asSlice(0, count).toArray(JAVA_BYTE), StandardCharsets.UTF_8), lines);
        }
    }

    /**
     * {@return the lines that stand there, or the first that come; none if none comes in time}
     *
     * @param limit how long to wait at most
     * @throws BpfException if the kernel refuses
     */
    public List<PrintkLine> poll(Duration limit) {
        List<PrintkLine> lines = read();
        long end = System.nanoTime() + limit.toNanos();
        while (lines.isEmpty()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            await((int) Math.min(left, Integer.MAX_VALUE));
            lines = read();
        }
        return lines;
    }

    private void await(int millis) {
        try (Arena confined = Arena.ofConfined();
                Fd epoll = new Fd(sys, checked(sys.epollCreate()))) {
            checked(sys.epollCtl(epoll.fd(), EPOLL_CTL_ADD, pipe.fd(), EpollEvents.EPOLLIN, 0));
            long result = sys.epollWait(epoll.fd(), new EpollEvents(sys.arch(), confined, 1), millis);
            if (result != -Errno.EINTR) {
                checked(result);
            }
        }
    }

    private static long checked(long result) {
        if (result < 0) {
            throw new BpfException("wait for trace_pipe", Errno.of(result));
        }
        return result;
    }

    /** A message with newlines goes over several lines; what is no line of its own belongs to the one before. */
    static void parse(String text, List<PrintkLine> lines) {
        StringBuilder message = new StringBuilder();
        for (String line : text.lines().toList()) {
            if (PrintkLine.parse(line).isPresent()) {
                add(message, lines);
                message.setLength(0);
                message.append(line);
            } else if (!line.startsWith("CPU:")) {
                message.append('\n').append(line);
            }
        }
        add(message, lines);
    }

    private static void add(StringBuilder message, List<PrintkLine> lines) {
        PrintkLine.parse(message.toString().stripTrailing()).ifPresent(lines::add);
    }

    /** Leaves the pipe to others. A second call does nothing. */
    @Override
    public void close() {
        if (pipe.isOpen()) {
            pipe.close();
            arena.close();
        }
    }
}
