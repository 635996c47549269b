package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.UapiStruct.BtfInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads type information that was loaded with an object back out of the kernel. */
final class BtfById {
    private BtfById() {}

    static Btf read(Sys sys, int id, String what) {
        String operation = "read the type information of " + what;
        try (Arena arena = Arena.ofConfined();
                Fd fd = new Fd(sys, BpfException.checked(open(sys, arena, id), operation))) {
            MemorySegment info = arena.allocate(BtfInfo.BYTES, Long.BYTES);
            BpfException.checked(ask(sys, arena, fd.fd(), info), operation);
            int size = info.get(JAVA_INT, BtfInfo.BTF_SIZE);
            MemorySegment bytes = arena.allocate(Integer.toUnsignedLong(size), Long.BYTES);
            info.fill((byte) 0);
            info.set(JAVA_LONG, BtfInfo.BTF, bytes.address());
            info.set(JAVA_INT, BtfInfo.BTF_SIZE, size);
            BpfException.checked(ask(sys, arena, fd.fd(), info), operation);
            return Btf.parse(bytes);
        }
    }

    private static long open(Sys sys, Arena arena, int id) {
        MemorySegment attr = arena.allocate(BpfAttr.GetId.BYTES, Long.BYTES);
        attr.set(JAVA_INT, BpfAttr.GetId.BTF_ID, id);
        return sys.bpf(Cmd.BPF_BTF_GET_FD_BY_ID, attr, BpfAttr.GetId.BYTES);
    }

    private static long ask(Sys sys, Arena arena, int fd, MemorySegment info) {
        MemorySegment attr = arena.allocate(BpfAttr.InfoByFd.BYTES, Long.BYTES);
        attr.set(JAVA_INT, BpfAttr.InfoByFd.BPF_FD, fd);
        attr.set(JAVA_INT, BpfAttr.InfoByFd.INFO_LEN, BtfInfo.BYTES);
        attr.set(JAVA_LONG, BpfAttr.InfoByFd.INFO, info.address());
        return sys.bpf(Cmd.BPF_OBJ_GET_INFO_BY_FD, attr, BpfAttr.InfoByFd.BYTES);
    }
}
