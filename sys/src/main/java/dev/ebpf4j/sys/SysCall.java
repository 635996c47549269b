package dev.ebpf4j.sys;

/**
 * The system calls that {@link LinuxSys} issues, with their numbers.
 *
 * <p>Source: {@code arch/x86/entry/syscalls/syscall_64.tbl} and {@code include/uapi/asm-generic/unistd.h}, which arm64
 * uses. Only calls that both have are here: openat for open, epoll_pwait for epoll_wait, eventfd2 for eventfd.
 */
enum SysCall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    MMAP(9, 222),
    MUNMAP(11, 215),
    IOCTL(16, 29),
    PREAD64(17, 67),
    GETPID(39, 172),
    SOCKET(41, 198),
    BIND(49, 200),
    GETSOCKNAME(51, 204),
    GETPEERNAME(52, 205),
    SETSOCKOPT(54, 208),
    GETSOCKOPT(55, 209),
    UNAME(63, 160),
    FCNTL(72, 25),
    CAPGET(125, 90),
    STATFS(137, 43),
    GETTID(186, 178),
    EPOLL_CTL(233, 21),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    UNLINKAT(263, 35),
    EPOLL_PWAIT(281, 22),
    EVENTFD2(290, 19),
    EPOLL_CREATE1(291, 20),
    PERF_EVENT_OPEN(298, 241),
    PRLIMIT64(302, 261),
    RENAMEAT2(316, 276),
    BPF(321, 280),
    FSOPEN(430, 430),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    PIDFD_OPEN(434, 434);

    private final int x86;
    private final int aarch64;

    SysCall(int x86, int aarch64) {
        this.x86 = x86;
        this.aarch64 = aarch64;
    }

    /** This call's number on {@code arch}. */
    int number(Arch arch) {
        return switch (arch) {
            case X86_64 -> x86;
            case AARCH64 -> aarch64;
        };
    }
}
