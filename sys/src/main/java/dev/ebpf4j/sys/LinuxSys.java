package dev.ebpf4j.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * System calls of the running kernel, by way of the C library's {@code syscall}. The only class that builds downcalls.
 *
 * <p>One handle, {@link Checked}, serves everything at start-up, because each further shape costs the JVM 5 ms or more;
 * the two for short commands are made when the first of those is issued.
 */
@SuppressWarnings("restricted")
final class LinuxSys implements Sys {
    private static final long CLOEXEC = 0x80000;
    private static final long PERF_FLAG_FD_CLOEXEC = 8;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int LOWEST_FD = 3;
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int AT_PAGESZ = 6;
    private static final int MAP_FIXED_NOREPLACE = 0x100000;
    private static final int COMMON_ATTRS = 1 << 16;
    /** Only x86-64 has this call, so it is not in {@link SysCall}. */
    private static final int X86_UPROBE = 336;

    private static final int ENOSYS = 38;

    private final Arch arch;
    private final int bpf;
    private volatile long pageSize;

    private LinuxSys(Arch arch) {
        this.arch = arch;
        this.bpf = SysCall.BPF.number(arch);
    }

    private static @Nullable LinuxSys instance;

    static synchronized Sys host() {
        LinuxSys made = instance;
        if (made == null) {
            Arch arch = supported(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
            checkNativeAccess();
            made = new LinuxSys(arch);
            instance = made;
        }
        return made;
    }

    /** Asks for the least that is restricted, since a downcall that is denied leaves its class broken. */
    private static void checkNativeAccess() {
        try {
            MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException e) {
            throw new UnsupportedPlatformException("this JVM lets ebpf4j make no system calls: start java with"
                    + " --enable-native-access=dev.ebpf4j.sys, or with =ALL-UNNAMED where ebpf4j is on the class path");
        }
    }

    /** Which tables to use on the platform of these two system properties. */
    static Arch supported(String osName, String osArch) {
        if (!osName.toLowerCase(Locale.ROOT).startsWith("linux")) {
            throw new UnsupportedPlatformException("eBPF programs are loaded by Linux, and this is " + osName
                    + "; reading, linking and planning them works here too");
        }
        return Arch.ofJavaName(osArch)
                .orElseThrow(() -> new UnsupportedPlatformException(
                        "no system call table for the processor '" + osArch + "'; known are amd64 and aarch64"));
    }

    /** {@code long syscall(long × 7)} with errno captured: {@code (state, number, six arguments) -> result}. */
    private static final class Checked {
        static final MethodHandle SYSCALL = downcall(Linker.Option.captureCallState("errno"));
        // The captured state on Linux is errno alone, an int at offset 0.
        static final ThreadLocal<MemorySegment> STATE =
                ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));
    }

    /** The same with no state change of the thread and no errno. */
    private static final class Quick {
        static final MethodHandle SYSCALL = downcall(Linker.Option.critical(false));
    }

    /** The same with no state change of the thread. */
    private static final class QuickChecked {
        static final MethodHandle SYSCALL =
                downcall(Linker.Option.critical(false), Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle downcall(Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol = linker.defaultLookup().findOrThrow("syscall");
        FunctionDescriptor sevenLongs = FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        return linker.downcallHandle(symbol, sevenLongs, options);
    }

    private long call(SysCall call, long a, long b, long c, long d, long e) {
        return checked(call.number(arch), a, b, c, d, e);
    }

    private static long checked(long number, long a, long b, long c, long d, long e) {
        MemorySegment state = Checked.STATE.get();
        try {
            long result = (long) Checked.SYSCALL.invokeExact(state, number, a, b, c, d, e, 0L);
            return result == -1 ? -state.get(JAVA_INT, 0) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static long shortChecked(long number, long a, long b, long c) {
        MemorySegment state = Checked.STATE.get();
        try {
            long result = (long) QuickChecked.SYSCALL.invokeExact(state, number, a, b, c, 0L, 0L, 0L);
            return result == -1 ? -state.get(JAVA_INT, 0) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static RuntimeException unexpected(Throwable t) {
        if (t instanceof Error error) {
            throw error;
        }
        return t instanceof RuntimeException e ? e : new IllegalStateException("a downcall threw", t);
    }

    @Override
    public Arch arch() {
        return arch;
    }

    @Override
    public long bpf(int cmd, MemorySegment attr, int size) {
        long result = checked(bpf, cmd, attr.address(), size, 0, 0);
        return returnsFd(cmd) ? raise(result) : result;
    }

    @Override
    public long bpfCommon(int cmd, MemorySegment attr, int size, @Nullable MemorySegment common) {
        long address = common == null ? 0 : common.address();
        long result = checked(bpf, cmd | COMMON_ATTRS, attr.address(), size, address, COMMON_ATTR_BYTES);
        return returnsFd(cmd) ? raise(result) : result;
    }

    @Override
    public long uprobe() {
        return arch == Arch.X86_64 ? checked(X86_UPROBE, 0, 0, 0, 0, 0) : -ENOSYS;
    }

    private static boolean returnsFd(int cmd) {
        return switch (cmd) {
            case Uapi.Cmd.BPF_MAP_CREATE,
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
                    Uapi.Cmd.BPF_TOKEN_CREATE -> true;
            default -> false;
        };
    }

    @Override
    public long bpfShort(int cmd, long attr, int size, boolean mayFail) {
        if (mayFail) {
            return shortChecked(bpf, cmd, attr, size);
        }
        try {
            long result = (long) Quick.SYSCALL.invokeExact((long) bpf, (long) cmd, attr, (long) size, 0L, 0L, 0L);
            return result == -1 ? shortChecked(bpf, cmd, attr, size) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    @Override
    public long perfEventOpen(MemorySegment attr, int pid, int cpu, int groupFd, long flags) {
        return raise(call(SysCall.PERF_EVENT_OPEN, attr.address(), pid, cpu, groupFd, flags | PERF_FLAG_FD_CLOEXEC));
    }

    @Override
    public long ioctl(int fd, long request, long argument) {
        return call(SysCall.IOCTL, fd, request, argument, 0, 0);
    }

    @Override
    public long mmap(long length, int protection, int flags, int fd, long offset) {
        return mmap(0, length, protection, flags, fd, offset);
    }

    @Override
    public long mmapAt(long address, long length, int protection, int flags, int fd) {
        return mmap(address, length, protection, flags | MAP_FIXED_NOREPLACE, fd, 0);
    }

    private long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        long number = SysCall.MMAP.number(arch);
        MemorySegment state = Checked.STATE.get();
        try {
            long result = (long) Checked.SYSCALL.invokeExact(
                    state, number, address, length, (long) protection, (long) flags, (long) fd, offset);
            return result == -1 ? -state.get(JAVA_INT, 0) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    @Override
    public long munmap(long address, long length) {
        return call(SysCall.MUNMAP, address, length, 0, 0, 0);
    }

    static MemorySegment view(long address, long size) {
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    static MemorySegment view(long address, long size, Arena arena) {
        return MemorySegment.ofAddress(address).reinterpret(size, arena, null);
    }

    @Override
    public long epollCreate() {
        return raise(call(SysCall.EPOLL_CREATE1, CLOEXEC, 0, 0, 0, 0));
    }

    @Override
    public long epollCtl(int epollFd, int op, int fd, int events, long data) {
        try (Arena arena = Arena.ofConfined()) {
            EpollEvents event = new EpollEvents(arch, arena, 1);
            event.set(0, events, data);
            return call(SysCall.EPOLL_CTL, epollFd, op, fd, event.memory().address(), 0);
        }
    }

    @Override
    public long epollWait(int epollFd, EpollEvents events, int timeoutMillis) {
        long address = events.memory().address();
        return call(SysCall.EPOLL_PWAIT, epollFd, address, events.capacity(), timeoutMillis, 0);
    }

    @Override
    public long eventfd(int initial, int flags) {
        return raise(call(SysCall.EVENTFD2, initial, flags | CLOEXEC, 0, 0, 0));
    }

    @Override
    public long openat(int dirFd, String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            long name = text(arena, path);
            return raise(call(SysCall.OPENAT, dirFd, name, flags | CLOEXEC, mode, 0));
        }
    }

    @Override
    public long mkdirat(int dirFd, String path, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return call(SysCall.MKDIRAT, dirFd, text(arena, path), mode, 0, 0);
        }
    }

    @Override
    public long unlinkat(int dirFd, String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return call(SysCall.UNLINKAT, dirFd, text(arena, path), flags, 0, 0);
        }
    }

    @Override
    public long rename(String from, String to) {
        try (Arena arena = Arena.ofConfined()) {
            return call(SysCall.RENAMEAT2, AT_FDCWD, text(arena, from), AT_FDCWD, text(arena, to), 0);
        }
    }

    @Override
    public long read(int fd, MemorySegment buffer) {
        return call(SysCall.READ, fd, buffer.address(), buffer.byteSize(), 0, 0);
    }

    @Override
    public long pread(int fd, MemorySegment buffer, long offset) {
        return call(SysCall.PREAD64, fd, buffer.address(), buffer.byteSize(), offset, 0);
    }

    @Override
    public long write(int fd, MemorySegment buffer) {
        return call(SysCall.WRITE, fd, buffer.address(), buffer.byteSize(), 0, 0);
    }

    @Override
    public long close(int fd) {
        return call(SysCall.CLOSE, fd, 0, 0, 0, 0);
    }

    @Override
    public long dup(int fd) {
        return call(SysCall.FCNTL, fd, F_DUPFD_CLOEXEC, LOWEST_FD, 0, 0);
    }

    @Override
    public long socket(int domain, int type, int protocol) {
        return raise(call(SysCall.SOCKET, domain, type | CLOEXEC, protocol, 0, 0));
    }

    @Override
    public long bind(int fd, MemorySegment address) {
        return call(SysCall.BIND, fd, address.address(), address.byteSize(), 0, 0);
    }

    @Override
    public long getsockname(int fd, MemorySegment address, MemorySegment length) {
        return call(SysCall.GETSOCKNAME, fd, address.address(), length.address(), 0, 0);
    }

    @Override
    public long getpeername(int fd, MemorySegment address, MemorySegment length) {
        return call(SysCall.GETPEERNAME, fd, address.address(), length.address(), 0, 0);
    }

    @Override
    public long setsockopt(int fd, int level, int option, MemorySegment value) {
        return call(SysCall.SETSOCKOPT, fd, level, option, value.address(), value.byteSize());
    }

    @Override
    public long getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length) {
        return call(SysCall.GETSOCKOPT, fd, level, option, value.address(), length.address());
    }

    @Override
    public long pidfdOpen(int pid, int flags) {
        return raise(call(SysCall.PIDFD_OPEN, pid, flags, 0, 0, 0));
    }

    @Override
    public long fsopen(String fileSystem) {
        try (Arena arena = Arena.ofConfined()) {
            return raise(call(SysCall.FSOPEN, text(arena, fileSystem), FSOPEN_CLOEXEC, 0, 0, 0));
        }
    }

    @Override
    public long fsconfig(int fd, int cmd, @Nullable String key, @Nullable String value, int aux) {
        try (Arena arena = Arena.ofConfined()) {
            return call(SysCall.FSCONFIG, fd, cmd, text(arena, key), text(arena, value), aux);
        }
    }

    @Override
    public long fsmount(int fd, int mountAttributes) {
        return raise(call(SysCall.FSMOUNT, fd, FSMOUNT_CLOEXEC, mountAttributes, 0, 0));
    }

    @Override
    public long statfs(String path, MemorySegment result) {
        try (Arena arena = Arena.ofConfined()) {
            return call(SysCall.STATFS, text(arena, path), result.address(), 0, 0, 0);
        }
    }

    @Override
    public long prlimit(int resource, @Nullable MemorySegment newLimit, @Nullable MemorySegment oldLimit) {
        return call(SysCall.PRLIMIT64, 0, resource, addressOf(newLimit), addressOf(oldLimit), 0);
    }

    @Override
    public long capget(MemorySegment header, MemorySegment data) {
        return call(SysCall.CAPGET, header.address(), data.address(), 0, 0, 0);
    }

    @Override
    public long uname(MemorySegment result) {
        return call(SysCall.UNAME, result.address(), 0, 0, 0, 0);
    }

    @Override
    public long getpid() {
        return call(SysCall.GETPID, 0, 0, 0, 0, 0);
    }

    @Override
    public long gettid() {
        return call(SysCall.GETTID, 0, 0, 0, 0, 0);
    }

    @Override
    public long pageSize() {
        if (pageSize == 0) {
            pageSize = pageSizeOf(auxiliaryVector());
        }
        return pageSize;
    }

    private byte[] auxiliaryVector() {
        long fd = openat(AT_FDCWD, "/proc/self/auxv", 0, 0);
        if (fd < 0) {
            throw new IllegalStateException("cannot open /proc/self/auxv, which tells the page size: errno " + -fd);
        }
        try (Fd owner = new Fd(this, fd);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4096);
            long read = read(owner.fd(), buffer);
            return buffer.asSlice(0, Math.max(0, read)).toArray(JAVA_BYTE);
        }
    }

    /** The value of AT_PAGESZ among pairs of longs (key, value). */
    static long pageSizeOf(byte[] auxiliaryVector) {
        ByteBuffer pairs = ByteBuffer.wrap(auxiliaryVector).order(ByteOrder.nativeOrder());
        while (pairs.remaining() >= 16) {
            long key = pairs.getLong();
            long value = pairs.getLong();
            if (key == AT_PAGESZ) {
                return value;
            }
        }
        throw new IllegalStateException("/proc/self/auxv has no page size");
    }

    /** A successful {@code result} below 3 moved up, since the kernel takes fd 0 for "none" in several places. */
    private long raise(long result) {
        if (result < 0 || result >= LOWEST_FD) {
            return result;
        }
        long raised = dup((int) result);
        close((int) result);
        return raised;
    }

    private static long addressOf(@Nullable MemorySegment segment) {
        return segment == null ? 0 : segment.address();
    }

    private static long text(Arena arena, @Nullable String text) {
        return text == null ? 0 : arena.allocateFrom(text).address();
    }
}
