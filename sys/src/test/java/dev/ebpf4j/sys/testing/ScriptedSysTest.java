package dev.ebpf4j.sys.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScriptedSysTest {
    private final ScriptedSys sys = new ScriptedSys();

    @Test
    void tracksDescriptorsAndMappings() {
        Fd fd = new Fd(sys, sys.fsopen("tracefs"));
        long address = sys.mmap(8192, 1, 1, fd.fd(), 0);
        Sys.memory(address, 8192).set(ValueLayout.JAVA_BYTE, 8191, (byte) 1);
        assertEquals(Set.of("fd 3: fsopen:tracefs", "mapping of 8192 bytes"), sys.leaks());
        sys.munmap(address, 8192);
        fd.close();
        fd.close();
        assertEquals(Set.of(), sys.leaks());
        assertEquals(
                1, sys.calls().stream().filter(c -> c.name().equals("close")).count(), "closed exactly once");
        assertThrows(IllegalStateException.class, fd::fd);
    }

    @Test
    void failsTheChosenCallWithoutEffect() {
        sys.failAt(2, 24);
        assertEquals(3, sys.epollCreate());
        assertEquals(-24, sys.epollCreate());
        assertEquals(4, sys.epollCreate());
        assertEquals(3, sys.count());
    }

    @Test
    void epollSeesEventfdsAndReadiness() {
        int epoll = (int) sys.epollCreate();
        int event = (int) sys.eventfd(0, 0);
        int ring = sys.newFd("ring");
        sys.epollCtl(epoll, 1, event, EpollEvents.EPOLLIN, 7);
        sys.epollCtl(epoll, 1, ring, EpollEvents.EPOLLIN, 8);
        try (Arena arena = Arena.ofShared()) {
            EpollEvents events = new EpollEvents(sys.arch(), arena, 2);
            assertEquals(0, sys.epollWait(epoll, events, 0));
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
            Thread.startVirtualThread(() -> sys.write(event, one));
            assertEquals(1, sys.epollWait(epoll, events, -1));
            assertEquals(7, events.data(0));
            sys.setReady(ring, true);
            assertEquals(2, sys.epollWait(epoll, events, -1));
            assertEquals(8, sys.read(event, one));
            assertEquals(1, sys.epollWait(epoll, events, -1));
            assertEquals(8, events.data(0));
        }
    }

    @Test
    void readsScriptedFiles() {
        sys.withFile("/f", new byte[] {1, 2, 3});
        assertTrue(sys.openat(Sys.AT_FDCWD, "/g", 0, 0) < 0);
        int fd = (int) sys.openat(Sys.AT_FDCWD, "/f", 0, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment two = arena.allocate(2);
            assertEquals(2, sys.read(fd, two));
            assertEquals(1, sys.read(fd, two));
            assertEquals(3, two.get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void standardStreamsAreNeverOwned() {
        assertThrows(IllegalArgumentException.class, () -> new Fd(sys, 2));
        assertThrows(IllegalArgumentException.class, () -> new Fd(sys, -9));
    }
}
