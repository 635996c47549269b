package dev.ebpf4j.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Each call against what the JDK or /proc says of the same thing. */
@EnabledOnOs(OS.LINUX)
class LinuxSysTest {
    private static final int EBADF = 9;
    private static final int EINVAL = 22;
    private static final int ENOENT = 2;

    private final Sys sys = Sys.host();

    @Test
    void getpidIsTheJdksPid() {
        assertEquals(ProcessHandle.current().pid(), sys.getpid());
    }

    @Test
    void failureIsMinusErrno() {
        assertEquals(-EBADF, sys.close(1 << 20));
        assertEquals(-ENOENT, sys.openat(Sys.AT_FDCWD, "/no/such/file", 0, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(128, 8);
            attr.fill((byte) 0xff);
            assertTrue(sys.bpf(Uapi.Cmd.BPF_MAP_CREATE, attr, 128) < 0);
            assertEquals(-EINVAL, sys.bpf(9999, attr.fill((byte) 0), 128));
            assertEquals(-EINVAL, sys.bpfShort(9999, attr.address(), 128, false));
            assertEquals(-EINVAL, sys.bpfShort(9999, attr.address(), 128, true));
        }
    }

    @Test
    void readsAndWritesFiles(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("f");
        long raw = sys.openat(Sys.AT_FDCWD, file.toString(), 0102, 0600);
        try (Fd fd = new Fd(sys, raw);
                Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom("hello", UTF_8).asSlice(0, 5);
            assertEquals(5, sys.write(fd.fd(), text));
            assertEquals("hello", Files.readString(file));
            MemorySegment back = arena.allocate(3);
            assertEquals(3, sys.pread(fd.fd(), back, 1));
            assertEquals("ell", new String(back.toArray(ValueLayout.JAVA_BYTE), UTF_8));
            assertEquals(0, sys.read(fd.fd(), back));
            assertEquals("02", fdinfoFlags(fd.fd()).substring(0, 2), "close-on-exec");
        }
        assertFalse(Files.exists(Path.of("/proc/self/fd/" + raw)));
        assertEquals(0, sys.unlinkat(Sys.AT_FDCWD, file.toString(), 0));
        assertFalse(Files.exists(file));
    }

    /** The octal flags of /proc/self/fdinfo; O_CLOEXEC is 02000000. */
    private static String fdinfoFlags(int fd) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                .filter(line -> line.startsWith("flags:"))
                .map(line -> line.substring(6).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyNewDescriptorIsCloseOnExec() throws IOException {
        try (Fd epoll = new Fd(sys, sys.epollCreate());
                Fd event = new Fd(sys, sys.eventfd(0, 0));
                Fd twin = new Fd(sys, sys.dup(event.fd()))) {
            for (Fd fd : new Fd[] {epoll, event, twin}) {
                assertTrue(fdinfoFlags(fd.fd()).startsWith("02"), () -> fd + " is close-on-exec");
            }
        }
    }

    @Test
    void epollReportsAnEventfdWithItsData() {
        try (Fd epoll = new Fd(sys, sys.epollCreate());
                Fd event = new Fd(sys, sys.eventfd(0, 0));
                Arena arena = Arena.ofConfined()) {
            long tag = 0x1234_5678_9abc_def0L;
            assertEquals(0, sys.epollCtl(epoll.fd(), 1, event.fd(), EpollEvents.EPOLLIN, tag));
            EpollEvents events = new EpollEvents(sys.arch(), arena, 4);
            assertEquals(0, sys.epollWait(epoll.fd(), events, 0));
            assertEquals(8, sys.write(event.fd(), arena.allocateFrom(ValueLayout.JAVA_LONG, 1L)));
            assertEquals(1, sys.epollWait(epoll.fd(), events, -1));
            assertEquals(EpollEvents.EPOLLIN, events.events(0));
            assertEquals(tag, events.data(0));
        }
    }

    @Test
    void mapsAFileAsTheJdkReadsIt(@TempDir Path dir) throws IOException {
        byte[] content = new byte[3 * (int) sys.pageSize()];
        content[0] = 1;
        content[content.length - 1] = 2;
        Path file = Files.write(dir.resolve("f"), content);
        try (Fd fd = new Fd(sys, sys.openat(Sys.AT_FDCWD, file.toString(), 0, 0))) {
            long address = sys.mmap(content.length, 1, 2, fd.fd(), 0);
            assertTrue(address > 0);
            MemorySegment memory = Sys.memory(address, content.length);
            assertEquals(-1, memory.mismatch(MemorySegment.ofArray(content)));
            assertEquals(0, sys.munmap(address, content.length));
        }
    }

    @Test
    void pageSizeIsTheOneOfSmaps() throws IOException {
        // The first mapping is the launcher's text, never a huge page.
        String line = Files.readAllLines(Path.of("/proc/self/smaps")).stream()
                .filter(l -> l.startsWith("KernelPageSize:"))
                .findFirst()
                .orElseThrow();
        assertEquals(Long.parseLong(line.replaceAll("\\D", "")) * 1024, sys.pageSize());
    }

    @Test
    void unameAndStatfsAgreeWithProc() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment names = arena.allocate(6 * 65);
            assertEquals(0, sys.uname(names));
            assertEquals(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(), names.getString(2 * 65));
            MemorySegment statfs = arena.allocate(120, 8);
            assertEquals(0, sys.statfs("/proc", statfs));
            assertEquals(0x9fa0, statfs.get(ValueLayout.JAVA_LONG, 0), "PROC_SUPER_MAGIC");
        }
    }

    @Test
    void capgetAndPrlimitAgreeWithProc() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocateFrom(ValueLayout.JAVA_INT, 0x20080522, 0);
            MemorySegment data = arena.allocate(24, 4);
            assertEquals(0, sys.capget(header, data));
            long effective = Integer.toUnsignedLong(data.get(ValueLayout.JAVA_INT, 0))
                    | (long) data.get(ValueLayout.JAVA_INT, 12) << 32;
            String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(l -> l.startsWith("CapEff:"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(Long.parseUnsignedLong(line.substring(7).strip(), 16), effective);
            MemorySegment limit = arena.allocate(16, 8);
            assertEquals(0, sys.prlimit(7, null, limit));
            assertTrue(limit.get(ValueLayout.JAVA_LONG, 0) > 0, "RLIMIT_NOFILE");
            assertEquals(0, sys.prlimit(7, limit, null));
        }
    }

    @Test
    void otherPlatformsAreNamed() {
        assertTrue(refusal("Windows 11", "amd64").contains("Windows 11"));
        assertTrue(refusal("Linux", "riscv64").contains("riscv64"));
        assertEquals(Arch.AARCH64, LinuxSys.supported("Linux", "aarch64"));
    }

    private static String refusal(String osName, String osArch) {
        return assertThrows(UnsupportedPlatformException.class, () -> LinuxSys.supported(osName, osArch))
                .toString();
    }
}
