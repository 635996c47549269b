package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory of a map that is mapped into this process: the one place that maps and unmaps it.
 *
 * <p>The arena is shared, so closing waits until no thread is in the middle of an access, and what comes later throws. Until
 * then nothing is unmapped: no access can end the JVM.
 */
final class MapMemory {
    static final int READ = 1;
    static final int READ_WRITE = 1 | 2;
    private static final int MAP_SHARED = 1;

    private final Sys sys;
    private final String owner;
    private final Arena arena = Arena.ofShared();
    private final long address;
    private final long mapped;
    private final MemorySegment segment;
    private final boolean readOnly;

    // Plain on purpose: it only makes for a better message. What is read too early is found out by the segment itself.
    private boolean closed;

    /**
     * Takes over a mapping.
     *
     * @param owner whose memory it is, for messages: {@code map 'counts'}
     * @param bytes how much of it holds something
     */
    private MapMemory(Sys sys, String owner, long address, long bytes, boolean readOnly) {
        this.sys = sys;
        this.owner = owner;
        this.address = address;
        this.mapped = pages(sys, bytes);
        this.readOnly = readOnly;
        MemorySegment all = Sys.memory(address, bytes, arena);
        this.segment = readOnly ? all.asReadOnly() : all;
    }

    /** Maps the first {@code bytes} of a map: for writing where the kernel allows it, else for reading. */
    static MapMemory open(BpfMap map, long bytes) {
        boolean constant = (map.flags() & Flag.BPF_F_RDONLY_PROG) != 0;
        long address = constant ? -Errno.EACCES : tryMap(map, 0, bytes, READ_WRITE);
        boolean frozen = address == -Errno.EPERM;
        return constant || frozen ? openReadOnly(map, bytes) : checked(map, address, bytes, false);
    }

    /** Maps the first {@code bytes} of a map for reading. */
    static MapMemory openReadOnly(BpfMap map, long bytes) {
        return checked(map, tryMap(map, 0, bytes, READ), bytes, true);
    }

    /** Takes over what {@link #tryMap} mapped. */
    static MapMemory of(BpfMap map, long address, long bytes) {
        return checked(map, address, bytes, false);
    }

    private static MapMemory checked(BpfMap map, long result, long bytes, boolean readOnly) {
        String owner = "map '" + map.name() + "'";
        if (isError(result)) {
            Errno errno = Errno.of(result);
            throw new BpfException(operation(map), errno, advice(map, errno));
        }
        return new MapMemory(map.sys(), owner, result, bytes, readOnly);
    }

    /** Asks the kernel for the first {@code bytes} of a map, at this address or at any if it is 0; answers where, or -errno. */
    static long tryMap(BpfMap map, long address, long bytes, int protection) {
        long length = pages(map.sys(), bytes);
        Sys sys = map.sys();
        return map.withFd(fd -> address == 0
                ? sys.mmap(length, protection, MAP_SHARED, fd, 0)
                : sys.mmapAt(address, length, protection, MAP_SHARED, fd));
    }

    static boolean isError(long result) {
        return result < 0 && result > -4096;
    }

    static String operation(BpfMap map) {
        return "map the memory of map '" + map.name() + "' into this process";
    }

    private static long pages(Sys sys, long bytes) {
        long page = sys.pageSize();
        return (bytes + page - 1) / page * page;
    }

    private static String advice(BpfMap map, Errno errno) {
        if (errno.is(Errno.ENOTSUPP)) {
            return "its values have fields that the kernel manages, such as a spin lock or a timer";
        }
        boolean oneWay = (map.flags() & (Flag.BPF_F_RDONLY | Flag.BPF_F_WRONLY)) != 0;
        return oneWay && (errno.is(Errno.EINVAL) || errno.is(Errno.EACCES))
                ? "it was created with BPF_F_RDONLY or BPF_F_WRONLY, and the kernel maps only what may be read and"
                        + " written"
                : "";
    }

    /** The memory, to read. */
    MemorySegment readable() {
        if (closed) {
            throw new IllegalStateException("the memory of " + owner + " is closed");
        }
        return segment;
    }

    /** The memory, to write. */
    MemorySegment writable() {
        if (readOnly) {
            throw ReadOnlyMemoryException.ofMap(owner);
        }
        return readable();
    }

    /** The memory as it was, also when it is closed. */
    MemorySegment segment() {
        return segment;
    }

    boolean isOpen() {
        return arena.scope().isAlive();
    }

    boolean isReadOnly() {
        return readOnly;
    }

    String owner() {
        return owner;
    }

    /** Unmaps it; a second call does nothing. */
    void close() {
        synchronized (arena) {
            if (arena.scope().isAlive()) {
                arena.close();
                closed = true;
                sys.munmap(address, mapped);
            }
        }
    }
}
