package dev.ebpf4j.kernel;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.sys.BpfObjects;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads type information that was loaded with an object back out of the kernel. */
final class BtfById {
    private BtfById() {}

    static Btf read(Sys sys, int id, String what) {
        String operation = "read the type information of " + what;
        long opened = BpfException.checked(BpfObjects.openById(sys, Cmd.BPF_BTF_GET_FD_BY_ID, id), operation);
        try (Fd fd = new Fd(sys, opened);
                Arena arena = Arena.ofConfined()) {
            long size = BpfException.checked(BpfObjects.btfSize(sys, fd.fd()), operation);
            MemorySegment bytes = arena.allocate(size, Long.BYTES);
            BpfException.checked(BpfObjects.btf(sys, fd.fd(), bytes), operation);
            return Btf.parse(bytes);
        }
    }
}
