package dev.ebpf4j.maptypes;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.sys.BpfAttr.LinkCreate;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A program attached by a link of the kernel's, to what has a descriptor: a cgroup, a map of sockets.
 *
 * @param link the link
 */
record Attached(Fd link) implements AutoCloseable {
    static Attached to(int target, Program program, AttachType type) {
        Sys sys = Sys.host();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(LinkCreate.BYTES, 8);
            attr.set(JAVA_INT, LinkCreate.PROG_FD, program.fd());
            attr.set(JAVA_INT, LinkCreate.TARGET_FD, target);
            attr.set(JAVA_INT, LinkCreate.ATTACH_TYPE, type.number());
            long fd = sys.bpf(Cmd.BPF_LINK_CREATE, attr, LinkCreate.BYTES);
            return new Attached(new Fd(sys, BpfException.checked(fd, "attach " + program + " as " + type)));
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
