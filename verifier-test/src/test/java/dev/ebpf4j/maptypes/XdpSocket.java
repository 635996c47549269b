package dev.ebpf4j.maptypes;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * An AF_XDP socket that receives into memory of this process by copying, with the fewest parts that the kernel takes.
 *
 * <p>Source: {@code Documentation/networking/af_xdp.rst}, {@code include/uapi/linux/if_xdp.h}.
 */
final class XdpSocket implements AutoCloseable {
    private static final int AF_XDP = 44;
    private static final int SOCK_RAW = 3;
    private static final int SOL_XDP = 283;
    private static final int XDP_MMAP_OFFSETS = 1;
    private static final int XDP_RX_RING = 2;
    private static final int XDP_UMEM_REG = 4;
    private static final int XDP_UMEM_FILL_RING = 5;
    private static final int XDP_UMEM_COMPLETION_RING = 6;
    private static final long FILL_RING = 0x100000000L;
    private static final int XDP_COPY = 2;
    private static final int READ_WRITE = 3;
    private static final int SHARED_POPULATE = 0x8001;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int ENTRIES = 64;
    private static final int CHUNK = 2048;
    private static final int FRAMES = ENTRIES * CHUNK;

    /** In {@code struct xdp_mmap_offsets}: producer, consumer, desc, flags of rx, tx, fill, completion. */
    private static final int OFFSETS_OF_RING = 32;

    private final Sys sys = Sys.host();
    private final Arena arena = Arena.ofConfined();
    private final List<long[]> mappings = new ArrayList<>();
    private final Fd socket;
    private final MemorySegment frames;
    private MemorySegment rx = MemorySegment.NULL;
    private MemorySegment offsets = MemorySegment.NULL;

    private XdpSocket(Fd socket) {
        this.socket = socket;
        this.frames = map(FRAMES, PRIVATE_ANONYMOUS, -1, 0);
    }

    /** A socket for queue 0 of a device, or the test is aborted where there are none. */
    static XdpSocket open(int ifindex) {
        XdpSocket made = new XdpSocket(unbound());
        try {
            made.setUp(ifindex);
            return made;
        } catch (BpfException e) {
            made.close();
            return abort("no AF_XDP socket: " + e.getMessage());
        }
    }

    /** A socket that receives nothing. */
    static Fd unbound() {
        long fd = Sys.host().socket(AF_XDP, SOCK_RAW, 0);
        return fd < 0 ? abort("no AF_XDP sockets: " + Errno.of(fd)) : new Fd(Sys.host(), fd);
    }

    private void setUp(int ifindex) {
        MemorySegment memory = arena.allocate(32, 8);
        memory.set(JAVA_LONG, 0, frames.address());
        memory.set(JAVA_LONG, 8, FRAMES);
        memory.set(JAVA_INT, 16, CHUNK);
        option(XDP_UMEM_REG, memory);
        MemorySegment entries = arena.allocateFrom(JAVA_INT, ENTRIES);
        option(XDP_UMEM_FILL_RING, entries);
        option(XDP_UMEM_COMPLETION_RING, entries);
        option(XDP_RX_RING, entries);
        offsets = arena.allocate(4L * OFFSETS_OF_RING, 8);
        MemorySegment length = arena.allocateFrom(JAVA_INT, (int) offsets.byteSize());
        BpfException.checked(
                sys.getsockopt(socket.fd(), SOL_XDP, XDP_MMAP_OFFSETS, offsets, length), "ask for the rings");
        rx = map(offset(0, 2) + ENTRIES * 16L, SHARED_POPULATE, socket.fd(), 0);
        MemorySegment fill = map(offset(2, 2) + ENTRIES * 8L, SHARED_POPULATE, socket.fd(), FILL_RING);
        for (int i = 0; i < ENTRIES; i++) {
            fill.set(JAVA_LONG, offset(2, 2) + i * 8L, (long) i * CHUNK);
        }
        VarHandle.releaseFence();
        fill.set(JAVA_INT, offset(2, 0), ENTRIES);
        MemorySegment address = arena.allocate(16, 4);
        address.set(JAVA_SHORT, 0, (short) AF_XDP);
        address.set(JAVA_SHORT, 2, (short) XDP_COPY);
        address.set(JAVA_INT, 4, ifindex);
        long deadline = System.nanoTime() + 10_000_000_000L;
        long bound = sys.bind(socket.fd(), address);
        while (bound == -Errno.EBUSY && System.nanoTime() < deadline) { // a closed socket lets the queue go a bit later
            Thread.onSpinWait();
            bound = sys.bind(socket.fd(), address);
        }
        BpfException.checked(bound, "bind to a queue");
    }

    private void option(int option, MemorySegment value) {
        BpfException.checked(sys.setsockopt(socket.fd(), SOL_XDP, option, value), "set option " + option);
    }

    private long offset(int ring, int member) {
        return offsets.get(JAVA_LONG, (long) ring * OFFSETS_OF_RING + member * 8L);
    }

    private MemorySegment map(long length, int flags, int fd, long offset) {
        long address = BpfException.checked(sys.mmap(length, READ_WRITE, flags, fd, offset), "map memory");
        mappings.add(new long[] {address, length});
        return Sys.memory(address, length);
    }

    int fd() {
        return socket.fd();
    }

    /** The packets that were received, from the first on. */
    List<byte[]> received() {
        int count = rx.get(JAVA_INT, offset(0, 0));
        VarHandle.acquireFence();
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long descriptor = offset(0, 2) + i * 16L;
            long at = rx.get(JAVA_LONG, descriptor);
            packets.add(frames.asSlice(at, rx.get(JAVA_INT, descriptor + 8)).toArray(JAVA_BYTE));
        }
        return packets;
    }

    @Override
    public void close() {
        socket.close();
        mappings.forEach(mapping -> sys.munmap(mapping[0], mapping[1]));
        arena.close();
    }
}
