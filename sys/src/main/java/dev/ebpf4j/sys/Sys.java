package dev.ebpf4j.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Linux system calls without policy: each answers with the call's result, or with {@code -errno}.
 *
 * <p>Nothing is retried, also not after EINTR. Every descriptor that a call returns is at least 3 and close-on-exec; who
 * asked for it closes it, best by handing it to {@link Fd}. Memory arguments are native segments that the caller keeps
 * alive; a name or path given as a String is copied for the call. Safe for any number of threads.
 *
 * <p>{@link #host} is the real kernel; tests put their own implementation in its place.
 */
public interface Sys {
    /**
     * The kernel that this JVM runs on.
     *
     * @throws UnsupportedPlatformException where this is not Linux on a known processor
     */
    static Sys host() {
        return LinuxSys.host();
    }

    /**
     * The {@code size} bytes at {@code address}, for results of {@link #mmap}. Nothing checks that they are mapped, or stay
     * so: a mistake ends the JVM.
     */
    static MemorySegment memory(long address, long size) {
        return LinuxSys.view(address, size);
    }

    /** The same, usable only while {@code arena} is open, and by the threads that it allows. */
    static MemorySegment memory(long address, long size, Arena arena) {
        return LinuxSys.view(address, size, arena);
    }

    /** The processor, for layouts that differ between processors. */
    Arch arch();

    /** Bytes of one memory page. */
    long pageSize();

    /**
     * bpf(2).
     *
     * @param cmd one of {@link Uapi.Cmd}
     * @param attr the command's part of {@code union bpf_attr}, laid out as in {@link BpfAttr}; all unused bytes zero
     * @param size bytes of {@code attr} that the kernel shall read
     */
    long bpf(int cmd, MemorySegment attr, int size);

    /**
     * bpf(2) for short commands that never block: lookup, update, delete and next key of one element. The JVM is not told
     * about the call, so a garbage collection waits until it is over.
     *
     * <p>A failed command has had no effect, so the implementation may issue it a second time to learn the errno.
     *
     * @param attr address of the command's arguments
     * @param mayFail true where a failure is likely (it costs 2 % more on success, and half on failure)
     */
    long bpfShort(int cmd, long attr, int size, boolean mayFail);

    /**
     * bpf(2) with the arguments that all commands have in common, which only newer kernels take; others answer EINVAL.
     *
     * @param cmd one of {@link Uapi.Cmd}
     * @param attr the command's part of {@code union bpf_attr}
     * @param size bytes of {@code attr} that the kernel shall read
     * @param common {@code struct bpf_common_attr} of {@link #COMMON_ATTR_BYTES}; without it a kernel that takes it answers EFAULT
     */
    long bpfCommon(int cmd, MemorySegment attr, int size, @Nullable MemorySegment common);

    /** The system call of uprobe trampolines, x86-64 only: from elsewhere ENXIO, and ENOSYS where there is none. */
    long uprobe();

    /** perf_event_open(2) with PERF_FLAG_FD_CLOEXEC added to {@code flags}. */
    long perfEventOpen(MemorySegment attr, int pid, int cpu, int groupFd, long flags);

    /** ioctl(2). */
    long ioctl(int fd, long request, long argument);

    /** mmap(2) at an address of the kernel's choice; {@link #memory} makes the result readable. */
    long mmap(long length, int protection, int flags, int fd, long offset);

    /**
     * mmap(2) at this address and no other, from offset 0: MAP_FIXED_NOREPLACE is added to {@code flags}, so that EEXIST
     * says that something is mapped there already.
     */
    long mmapAt(long address, long length, int protection, int flags, int fd);

    /** munmap(2). */
    long munmap(long address, long length);

    /** epoll_create1(2). */
    long epollCreate();

    /** epoll_ctl(2): {@code op} is EPOLL_CTL_ADD 1, DEL 2 or MOD 3; {@code data} comes back with each event. */
    long epollCtl(int epollFd, int op, int fd, int events, long data);

    /** epoll_wait(2) into {@code events}; a time-out of -1 waits without end. Answers the number of events. */
    long epollWait(int epollFd, EpollEvents events, int timeoutMillis);

    /** eventfd2(2) with EFD_CLOEXEC added to {@code flags}. */
    long eventfd(int initial, int flags);

    /** openat(2) with O_CLOEXEC added to {@code flags}; {@code dirFd} may be {@link #AT_FDCWD}. */
    long openat(int dirFd, String path, int flags, int mode);

    /** mkdirat(2). */
    long mkdirat(int dirFd, String path, int mode);

    /** unlinkat(2); the flag AT_REMOVEDIR is 0x200. */
    long unlinkat(int dirFd, String path, int flags);

    /** renameat2(2) from one path to another, both absolute or below the current directory; what was there is gone. */
    long rename(String from, String to);

    /** read(2) of at most the size of {@code buffer}. */
    long read(int fd, MemorySegment buffer);

    /** pread(2) of at most the size of {@code buffer}. */
    long pread(int fd, MemorySegment buffer, long offset);

    /** write(2) of all of {@code buffer}; fewer bytes may be taken. */
    long write(int fd, MemorySegment buffer);

    /** close(2). The descriptor is gone whatever the answer is, EINTR included. */
    long close(int fd);

    /** fcntl(F_DUPFD_CLOEXEC): a second descriptor of the same open file. */
    long dup(int fd);

    /** socket(2) with SOCK_CLOEXEC added to {@code type}. */
    long socket(int domain, int type, int protocol);

    /** bind(2) to an address of the size of {@code address}. */
    long bind(int fd, MemorySegment address);

    /** getsockname(2) into {@code address}; {@code length} is an int, its size before and the address's afterwards. */
    long getsockname(int fd, MemorySegment address, MemorySegment length);

    /** getpeername(2), like {@link #getsockname}. */
    long getpeername(int fd, MemorySegment address, MemorySegment length);

    /** setsockopt(2). */
    long setsockopt(int fd, int level, int option, MemorySegment value);

    /** getsockopt(2) into {@code value}; {@code length} is an int, its size before and the option's afterwards. */
    long getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length);

    /** pidfd_open(2), close-on-exec without asking. Since Linux 5.3; of a thread (PIDFD_THREAD, 0x80) since 6.9. */
    long pidfdOpen(int pid, int flags);

    /** fsopen(2): a context to configure a new file system instance in. Since Linux 5.2. */
    long fsopen(String fileSystem);

    /** fsconfig(2): {@code cmd} is one of {@code enum fsconfig_command}, FSCONFIG_CMD_CREATE being 6. */
    long fsconfig(int fd, int cmd, @Nullable String key, @Nullable String value, int aux);

    /** fsmount(2): a mount that no path leads to, gone with its descriptor. */
    long fsmount(int fd, int mountAttributes);

    /** statfs(2) into 120 bytes; {@code f_type}, the file system's magic number, is the first long. */
    long statfs(String path, MemorySegment result);

    /** prlimit64(2) of the own process: sets {@code newLimit} and fetches into {@code oldLimit}, where given. */
    long prlimit(int resource, @Nullable MemorySegment newLimit, @Nullable MemorySegment oldLimit);

    /** capget(2): header (version, pid) and data (effective, permitted, inheritable; twice) of 8 and 24 bytes. */
    long capget(MemorySegment header, MemorySegment data);

    /** uname(2) into six fields of 65 bytes each. */
    long uname(MemorySegment result);

    /** getpid(2). */
    long getpid();

    /** gettid(2). */
    long gettid();

    /** Size of {@code struct bpf_common_attr}: u64 log_buf; u32 log_size, log_level, log_true_size. */
    int COMMON_ATTR_BYTES = 24;

    /** In place of a directory's descriptor: the current directory. */
    int AT_FDCWD = -100;
}
