package dev.ebpf4j.sys.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.sys.Arch;
import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Sys} that answers by script, on any operating system.
 *
 * <p>Without a script every call succeeds: those that make a descriptor give a new one, mmap gives zeroed memory, eventfd
 * and epoll work as in the kernel, everything else answers 0. {@link #onBpf} and its sisters put other answers in place,
 * {@link #failAt} makes one call fail, {@link #calls} tells what was called, {@link #leaks} what is still open. All methods
 * may be called by any thread.
 */
public final class ScriptedSys implements Sys {
    /** One call that was made; {@code name} of a bpf(2) is the command's number after a colon: {@code bpf:5}. */
    public record Call(String name, List<Long> arguments, long result) {}

    /** Answers one command of bpf(2). */
    @FunctionalInterface
    public interface BpfAnswer {
        /** The result, or -errno; {@code attr} is as large as the caller said. */
        long answer(MemorySegment attr);
    }

    /** Answers mmap(2). */
    @FunctionalInterface
    public interface MmapAnswer {
        /** The memory to map, or null for ENOMEM. */
        @Nullable
        MemorySegment answer(int fd, long offset, long length, int protection);
    }

    private static final int EINTR = 4;
    private static final int ENXIO = 6;
    private static final int EBADF = 9;
    private static final int ENOMEM = 12;
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;
    private static final int ENOENT = 2;
    private static final Set<Integer> MAKES_FD = Set.of(
            Uapi.Cmd.BPF_MAP_CREATE,
            Uapi.Cmd.BPF_PROG_LOAD,
            Uapi.Cmd.BPF_OBJ_GET,
            Uapi.Cmd.BPF_PROG_GET_FD_BY_ID,
            Uapi.Cmd.BPF_MAP_GET_FD_BY_ID,
            Uapi.Cmd.BPF_RAW_TRACEPOINT_OPEN,
            Uapi.Cmd.BPF_BTF_LOAD,
            Uapi.Cmd.BPF_BTF_GET_FD_BY_ID,
            Uapi.Cmd.BPF_LINK_CREATE,
            Uapi.Cmd.BPF_LINK_GET_FD_BY_ID,
            Uapi.Cmd.BPF_ENABLE_STATS,
            Uapi.Cmd.BPF_ITER_CREATE,
            Uapi.Cmd.BPF_TOKEN_CREATE);

    private final Arch arch;
    private final Arena arena = Arena.ofAuto();
    private final List<Call> calls = new ArrayList<>();
    private final Map<Integer, Integer> failures = new HashMap<>();
    private final Map<Integer, BpfAnswer> bpfAnswers = new HashMap<>();
    private final Map<String, byte[]> files = new HashMap<>();
    private final Map<Integer, Descriptor> open = new TreeMap<>();
    private final Map<Long, Long> mapped = new TreeMap<>();
    private MmapAnswer mmapAnswer = (fd, offset, length, protection) -> arena.allocate(length, 4096);
    private int made;
    private int interruptions;

    /** What a descriptor stands for; the fields are used as its kind needs them. */
    private static final class Descriptor {
        final String what;
        byte[] content = new byte[0];
        int position;
        long counter;
        boolean ready;
        final Map<Integer, Long> watched = new LinkedHashMap<>();

        Descriptor(String what) {
            this.what = what;
        }
    }

    /** A kernel of this processor. */
    public ScriptedSys(Arch arch) {
        this.arch = arch;
    }

    /** An x86-64 kernel. */
    public ScriptedSys() {
        this(Arch.X86_64);
    }

    /** From now on answers the bpf(2) command {@code cmd} so; a new descriptor is got from {@link #newFd}. */
    public synchronized ScriptedSys onBpf(int cmd, BpfAnswer answer) {
        bpfAnswers.put(cmd, answer);
        return this;
    }

    /** From now on answers mmap(2) so. */
    public synchronized ScriptedSys onMmap(MmapAnswer answer) {
        mmapAnswer = answer;
        return this;
    }

    /** Makes openat(2) of {@code path} give a descriptor to read {@code content} from. */
    public synchronized ScriptedSys withFile(String path, byte[] content) {
        files.put(path, content.clone());
        return this;
    }

    /** Makes call number {@code call} fail with {@code errno}; the first is 1; close and munmap are not counted. */
    public synchronized ScriptedSys failAt(int call, int errno) {
        failures.put(call, errno);
        return this;
    }

    /** Makes the next {@code times} calls of epoll_wait(2) fail with EINTR. */
    public synchronized ScriptedSys interrupt(int times) {
        interruptions = times;
        return this;
    }

    /** How many calls were made that {@link #failAt} counts. */
    public synchronized int count() {
        return made;
    }

    /** All calls so far, in order. */
    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** A new open descriptor, at least 3. */
    public synchronized int newFd(String what) {
        int fd = 3;
        while (open.containsKey(fd)) {
            fd++;
        }
        open.put(fd, new Descriptor(what));
        return fd;
    }

    /** Says whether epoll shall report {@code fd} as readable, and wakes who waits for it. */
    public synchronized void setReady(int fd, boolean ready) {
        descriptor(fd).ready = ready;
        notifyAll();
    }

    /** What is open now: one line for each descriptor and each mapping, empty where nothing is left. */
    public synchronized Set<String> leaks() {
        Set<String> left = new TreeSet<>();
        open.forEach((fd, descriptor) -> left.add("fd " + fd + ": " + descriptor.what));
        mapped.forEach((address, length) -> left.add("mapping of " + length + " bytes"));
        return left;
    }

    private Descriptor descriptor(int fd) {
        Descriptor found = open.get(fd);
        if (found == null) {
            throw new IllegalStateException("descriptor " + fd + " is not open");
        }
        return found;
    }

    private synchronized long run(String name, List<Long> arguments, LongSupplier effect) {
        made++;
        Integer errno = failures.get(made);
        long result = errno != null ? -errno : effect.getAsLong();
        calls.add(new Call(name, arguments, result));
        return result;
    }

    private long make(String name, List<Long> arguments) {
        return run(name, arguments, () -> newFd(name));
    }

    private long onOpen(String name, int fd, List<Long> arguments, LongSupplier effect) {
        return run(name, arguments, () -> open.containsKey(fd) ? effect.getAsLong() : -EBADF);
    }

    @Override
    public Arch arch() {
        return arch;
    }

    @Override
    public long pageSize() {
        return 4096;
    }

    @Override
    public long bpf(int cmd, MemorySegment attr, int size) {
        return run("bpf:" + cmd, List.of((long) cmd, attr.address(), (long) size), () -> {
            BpfAnswer answer = bpfAnswers.get(cmd);
            if (answer != null) {
                return answer.answer(Sys.memory(attr.address(), size));
            }
            return MAKES_FD.contains(cmd) ? newFd("bpf:" + cmd) : 0;
        });
    }

    /** A kernel that takes them; the log stays empty. */
    @Override
    public long bpfCommon(int cmd, MemorySegment attr, int size, @Nullable MemorySegment common) {
        if (common != null) {
            return bpf(cmd, attr, size);
        }
        return run("bpf-common:" + cmd, List.of((long) cmd, attr.address(), (long) size), () -> -EFAULT);
    }

    @Override
    public long uprobe() {
        return run("uprobe", List.of(), () -> -ENXIO);
    }

    @Override
    public long bpfShort(int cmd, long attr, int size, boolean mayFail) {
        return bpf(cmd, Sys.memory(attr, size), size);
    }

    @Override
    public long perfEventOpen(MemorySegment attr, int pid, int cpu, int groupFd, long flags) {
        return make("perf_event_open", List.of(attr.address(), (long) pid, (long) cpu, (long) groupFd, flags));
    }

    @Override
    public long ioctl(int fd, long request, long argument) {
        return onOpen("ioctl", fd, List.of((long) fd, request, argument), () -> 0);
    }

    @Override
    public long mmap(long length, int protection, int flags, int fd, long offset) {
        return run("mmap", List.of(length, (long) protection, (long) flags, (long) fd, offset), () -> {
            MemorySegment memory = mmapAnswer.answer(fd, offset, length, protection);
            if (memory == null) {
                return -ENOMEM;
            }
            mapped.put(memory.address(), length);
            return memory.address();
        });
    }

    @Override
    public long mmapAt(long address, long length, int protection, int flags, int fd) {
        return run("mmapAt", List.of(address, length, (long) protection, (long) flags, (long) fd), () -> {
            mapped.put(address, length);
            return address;
        });
    }

    @Override
    public synchronized long munmap(long address, long length) {
        boolean known = mapped.remove(address, length);
        calls.add(new Call("munmap", List.of(address, length), known ? 0 : -EINVAL));
        return known ? 0 : -EINVAL;
    }

    @Override
    public long epollCreate() {
        return make("epoll_create1", List.of());
    }

    @Override
    public long epollCtl(int epollFd, int op, int fd, int events, long data) {
        return onOpen("epoll_ctl", epollFd, List.of((long) epollFd, (long) op, (long) fd, (long) events, data), () -> {
            Map<Integer, Long> watched = descriptor(epollFd).watched;
            if (op == 2) {
                watched.remove(fd);
            } else {
                watched.put(fd, data);
            }
            return open.containsKey(fd) ? 0 : -EBADF;
        });
    }

    @Override
    public synchronized long epollWait(int epollFd, EpollEvents events, int timeoutMillis) {
        long end = System.nanoTime() + timeoutMillis * 1_000_000L;
        return onOpen("epoll_wait", epollFd, List.of((long) epollFd, (long) timeoutMillis), () -> {
            if (interruptions > 0) {
                interruptions--;
                return -EINTR;
            }
            while (true) {
                int ready = report(epollFd, events);
                long left = (end - System.nanoTime()) / 1_000_000;
                if (ready > 0 || (timeoutMillis >= 0 && left <= 0)) {
                    return ready;
                }
                try {
                    wait(timeoutMillis < 0 ? 0 : left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return -EINTR;
                }
            }
        });
    }

    private int report(int epollFd, EpollEvents events) {
        int count = 0;
        for (Map.Entry<Integer, Long> watched : descriptor(epollFd).watched.entrySet()) {
            Descriptor target = open.get(watched.getKey());
            if (target != null && (target.ready || target.counter > 0) && count < events.capacity()) {
                events.set(count++, EpollEvents.EPOLLIN, watched.getValue());
            }
        }
        return count;
    }

    @Override
    public long eventfd(int initial, int flags) {
        return run("eventfd", List.of((long) initial, (long) flags), () -> {
            int fd = newFd("eventfd");
            descriptor(fd).counter = initial;
            return fd;
        });
    }

    @Override
    public long openat(int dirFd, String path, int flags, int mode) {
        return run("openat:" + path, List.of((long) dirFd, (long) flags, (long) mode), () -> {
            byte[] content = files.get(path);
            if (content == null) {
                return -ENOENT;
            }
            int fd = newFd(path);
            descriptor(fd).content = content;
            return fd;
        });
    }

    @Override
    public long mkdirat(int dirFd, String path, int mode) {
        return run("mkdirat:" + path, List.of((long) dirFd, (long) mode), () -> 0);
    }

    @Override
    public long unlinkat(int dirFd, String path, int flags) {
        return run("unlinkat:" + path, List.of((long) dirFd, (long) flags), () -> 0);
    }

    @Override
    public long rename(String from, String to) {
        return run("rename:" + from + ":" + to, List.of(), () -> 0);
    }

    @Override
    public long read(int fd, MemorySegment buffer) {
        return onOpen("read", fd, List.of((long) fd), () -> {
            Descriptor file = descriptor(fd);
            if (file.what.equals("eventfd")) {
                buffer.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, file.counter);
                file.counter = 0;
                return 8;
            }
            int count = copy(file, file.position, buffer);
            file.position += count;
            return count;
        });
    }

    @Override
    public long pread(int fd, MemorySegment buffer, long offset) {
        return onOpen("pread", fd, List.of((long) fd, offset), () -> copy(descriptor(fd), offset, buffer));
    }

    private static int copy(Descriptor file, long from, MemorySegment buffer) {
        int start = (int) Math.min(from, file.content.length);
        int count = (int) Math.min(buffer.byteSize(), file.content.length - start);
        MemorySegment.copy(MemorySegment.ofArray(file.content), start, buffer, 0, count);
        return count;
    }

    @Override
    public long write(int fd, MemorySegment buffer) {
        return onOpen("write", fd, List.of((long) fd, buffer.byteSize()), () -> {
            Descriptor file = descriptor(fd);
            if (file.what.equals("eventfd")) {
                file.counter += buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
                notifyAll();
            }
            return buffer.byteSize();
        });
    }

    @Override
    public synchronized long close(int fd) {
        boolean known = open.remove(fd) != null;
        calls.add(new Call("close", List.of((long) fd), known ? 0 : -EBADF));
        return known ? 0 : -EBADF;
    }

    @Override
    public long dup(int fd) {
        return onOpen("dup", fd, List.of((long) fd), () -> newFd(descriptor(fd).what));
    }

    @Override
    public long socket(int domain, int type, int protocol) {
        return make("socket", List.of((long) domain, (long) type, (long) protocol));
    }

    @Override
    public long bind(int fd, MemorySegment address) {
        return onOpen("bind", fd, List.of((long) fd, address.byteSize()), () -> 0);
    }

    @Override
    public long getsockname(int fd, MemorySegment address, MemorySegment length) {
        return onOpen("getsockname", fd, List.of((long) fd), () -> 0);
    }

    @Override
    public long getpeername(int fd, MemorySegment address, MemorySegment length) {
        return onOpen("getpeername", fd, List.of((long) fd), () -> 0);
    }

    @Override
    public long setsockopt(int fd, int level, int option, MemorySegment value) {
        return onOpen("setsockopt", fd, List.of((long) fd, (long) level, (long) option), () -> 0);
    }

    @Override
    public long getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length) {
        return onOpen("getsockopt", fd, List.of((long) fd, (long) level, (long) option), () -> 0);
    }

    @Override
    public long pidfdOpen(int pid, int flags) {
        return make("pidfd_open", List.of((long) pid, (long) flags));
    }

    @Override
    public long fsopen(String fileSystem) {
        return make("fsopen:" + fileSystem, List.of());
    }

    @Override
    public long fsconfig(int fd, int cmd, @Nullable String key, @Nullable String value, int aux) {
        return onOpen("fsconfig", fd, List.of((long) fd, (long) cmd, (long) aux), () -> 0);
    }

    @Override
    public long fsmount(int fd, int mountAttributes) {
        return make("fsmount", List.of((long) fd, (long) mountAttributes));
    }

    @Override
    public long statfs(String path, MemorySegment result) {
        return run("statfs:" + path, List.of(), () -> 0);
    }

    @Override
    public long prlimit(int resource, @Nullable MemorySegment newLimit, @Nullable MemorySegment oldLimit) {
        return run("prlimit", List.of((long) resource, newLimit == null ? 0L : 1L), () -> 0);
    }

    @Override
    public long capget(MemorySegment header, MemorySegment data) {
        return run("capget", List.of(), () -> {
            data.fill((byte) 0xff);
            return 0;
        });
    }

    @Override
    public long uname(MemorySegment result) {
        return run("uname", List.of(), () -> {
            result.setString(2 * 65, "6.18.0-scripted", UTF_8);
            return 0;
        });
    }

    @Override
    public long getpid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public long gettid() {
        return Thread.currentThread().threadId();
    }
}
