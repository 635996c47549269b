package dev.ebpf4j.kernel;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.sys.BpfObjects;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The commands of bpf(2) about programs that are loaded already. */
final class ProgramCalls {
    private static final String PROGRAM = "anon_inode:bpf-prog";

    private ProgramCalls() {}

    static Fd openPinned(Sys sys, String path) {
        Fd fd = new Pins(sys).open(path, "the program");
        if (fd == null) {
            throw new BpfException("open the program pinned at " + path, Errno.of(Errno.ENOENT));
        }
        return fd;
    }

    static Fd byId(Sys sys, int id) {
        long fd = BpfObjects.openById(sys, Cmd.BPF_PROG_GET_FD_BY_ID, id);
        return new Fd(sys, BpfException.checked(fd, "open the program with id " + id));
    }

    static Fd duplicate(Sys sys, int fd, String name) {
        return new Fd(sys, BpfException.checked(sys.dup(fd), "duplicate the descriptor of program '" + name + "'"));
    }

    /** The kernel answers for any object of BPF, so the descriptor is looked at first, where there is a /proc. */
    static void checkIsProgram(int fd, String what) {
        String kind = BpfObjects.kind(fd);
        if (!kind.isEmpty() && !kind.equals(PROGRAM)) {
            throw new IllegalArgumentException(what + " is no program, but " + kind);
        }
    }

    static ProgramDump dump(Sys sys, int fd, String name) {
        Btf types = types(sys, ProgramInfo.of(sys, fd, name));
        return ProgramInfoReader.dump(sys, fd, name, types, new Kallsyms(Path.of("/proc/kallsyms")));
    }

    /** Without the right to open objects by number there are no names. */
    private static @Nullable Btf types(Sys sys, ProgramInfo info) {
        try {
            return info.btfId() == 0 ? null : BtfById.read(sys, info.btfId(), "program '" + info.name() + "'");
        } catch (BpfException e) {
            return null;
        }
    }
}
