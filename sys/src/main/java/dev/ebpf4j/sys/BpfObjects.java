package dev.ebpf4j.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.sys.UapiStruct.BtfInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** The commands of bpf(2) that are the same for programs, maps, links and types. Answers are those of {@link Sys}. */
public final class BpfObjects {
    private BpfObjects() {}

    /**
     * Opens an object by its id.
     *
     * @param cmd one of the {@code BPF_…_GET_FD_BY_ID}
     */
    public static long openById(Sys sys, int cmd, int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.GetId.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.GetId.START_ID, id); // of all kinds of ids: they share their place
            return sys.bpf(cmd, attr, BpfAttr.GetId.BYTES);
        }
    }

    /**
     * Asks for the properties of an object.
     *
     * @param info one of {@link UapiStruct}, zeroed but for what tells the kernel where to put more
     */
    public static long info(Sys sys, int fd, MemorySegment info) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.InfoByFd.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.InfoByFd.BPF_FD, fd);
            attr.set(JAVA_INT, BpfAttr.InfoByFd.INFO_LEN, (int) info.byteSize());
            attr.set(JAVA_LONG, BpfAttr.InfoByFd.INFO, info.address());
            return sys.bpf(Uapi.Cmd.BPF_OBJ_GET_INFO_BY_FD, attr, BpfAttr.InfoByFd.BYTES);
        }
    }

    /** What a descriptor of this process is: {@code anon_inode:bpf-prog}, for instance; empty where there is no /proc. */
    public static String kind(int fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(fd)))
                    .toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** The number of bytes of a BTF. */
    public static long btfSize(Sys sys, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(BtfInfo.BYTES, Long.BYTES);
            long result = info(sys, fd, info);
            return result < 0 ? result : Integer.toUnsignedLong(info.get(JAVA_INT, BtfInfo.BTF_SIZE));
        }
    }

    /** Copies the bytes of a BTF, of which there are {@link #btfSize}. */
    public static long btf(Sys sys, int fd, MemorySegment bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(BtfInfo.BYTES, Long.BYTES);
            info.set(JAVA_LONG, BtfInfo.BTF, bytes.address());
            info.set(JAVA_INT, BtfInfo.BTF_SIZE, (int) bytes.byteSize());
            return info(sys, fd, info);
        }
    }
}
