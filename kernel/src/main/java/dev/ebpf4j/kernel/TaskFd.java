package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.BpfAttr.TaskFdQuery;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A descriptor of some process through which a program is attached to a tracepoint or probe.
 *
 * @param fd the descriptor's number in that process
 * @param programId the kernel's number of the program
 * @param kind what it is attached to
 * @param name of the tracepoint, kernel function or executable; empty if the kernel tells an address alone
 * @param offset behind the start of the function or file
 * @param address the kernel address that was asked for instead of a name; 0 otherwise
 * @kernel 4.18
 */
public record TaskFd(int fd, int programId, Kind kind, String name, long offset, long address) {
    private static final int NAME_BYTES = 4096;

    /** What a program is attached to, in the order of {@code enum bpf_task_fd_type}. */
    public enum Kind {
        /** A raw tracepoint. */
        RAW_TRACEPOINT,
        /** A tracepoint. */
        TRACEPOINT,
        /** Entry of, or a place in, a kernel function. */
        KPROBE,
        /** Return of a kernel function. */
        KRETPROBE,
        /** A place in an executable or library. */
        UPROBE,
        /** Return of a function of an executable or library. */
        URETPROBE
    }

    /**
     * {@return all programs that a process has attached through descriptors}
     *
     * @param pid the process
     * @throws BpfException if the kernel refuses, for want of CAP_SYS_ADMIN
     * @throws UncheckedIOException if the process's descriptors can't be listed
     */
    public static List<TaskFd> of(long pid) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            List<TaskFd> found = new ArrayList<>();
            descriptors
                    .map(path -> Integer.parseInt(path.getFileName().toString()))
                    .sorted()
                    .forEach(fd -> query(pid, fd).ifPresent(found::add));
            return found;
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there is no process " + pid, e);
        } catch (IOException e) {
            throw new UncheckedIOException("can't list the descriptors of process " + pid, e);
        }
    }

    /**
     * {@return what is attached through a descriptor of a process; empty if nothing of these kinds is}
     *
     * @param pid the process
     * @param fd the descriptor's number there
     * @throws BpfException if the kernel refuses, for want of CAP_SYS_ADMIN
     */
    public static Optional<TaskFd> query(long pid, int fd) {
        return query(Sys.host(), pid, fd);
    }

    static Optional<TaskFd> query(Sys sys, long pid, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_BYTES);
            MemorySegment attr = arena.allocate(TaskFdQuery.BYTES, Long.BYTES);
            attr.set(JAVA_INT, TaskFdQuery.PID, (int) pid);
            attr.set(JAVA_INT, TaskFdQuery.FD, fd);
            attr.set(JAVA_INT, TaskFdQuery.BUF_LEN, NAME_BYTES);
            attr.set(JAVA_LONG, TaskFdQuery.BUF, name.address());
            long result = sys.bpf(Uapi.Cmd.BPF_TASK_FD_QUERY, attr, TaskFdQuery.BYTES);
            if (result == -Errno.EPERM || result == -Errno.EACCES) {
                throw new BpfException("ask for descriptor " + fd + " of process " + pid, Errno.of(result));
            }
            int kind = attr.get(JAVA_INT, TaskFdQuery.FD_TYPE);
            if (result < 0 || kind < 0 || kind >= Kind.values().length) {
                return Optional.empty();
            }
            return Optional.of(new TaskFd(
                    fd,
                    attr.get(JAVA_INT, TaskFdQuery.PROG_ID),
                    Kind.values()[kind],
                    name.getString(0),
                    attr.get(JAVA_LONG, TaskFdQuery.PROBE_OFFSET),
                    attr.get(JAVA_LONG, TaskFdQuery.PROBE_ADDR)));
        }
    }
}
