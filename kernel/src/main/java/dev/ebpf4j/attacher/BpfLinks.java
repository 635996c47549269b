package dev.ebpf4j.attacher;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The two commands of bpf(2) that make links. Both answer with a new descriptor or {@code -errno}. */
final class BpfLinks {
    private BpfLinks() {}

    /** {@code BPF_LINK_CREATE} with nothing but a program, a target (0 for none) and a type. {@code @kernel} 5.7 */
    static long create(Sys sys, int programFd, int targetFd, AttachType type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.LinkCreate.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.LinkCreate.PROG_FD, programFd);
            attr.set(JAVA_INT, BpfAttr.LinkCreate.TARGET_FD, targetFd);
            attr.set(JAVA_INT, BpfAttr.LinkCreate.ATTACH_TYPE, type.number());
            return sys.bpf(Uapi.Cmd.BPF_LINK_CREATE, attr, BpfAttr.LinkCreate.BYTES);
        }
    }

    /** {@code BPF_RAW_TRACEPOINT_OPEN}; a program that was loaded for one tracepoint takes no name. */
    static long openRawTracepoint(Sys sys, int programFd, @Nullable String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.RawTracepointOpen.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.RawTracepointOpen.PROG_FD, programFd);
            if (name != null) {
                attr.set(
                        JAVA_LONG,
                        BpfAttr.RawTracepointOpen.NAME,
                        arena.allocateFrom(name).address());
            }
            return sys.bpf(Uapi.Cmd.BPF_RAW_TRACEPOINT_OPEN, attr, BpfAttr.RawTracepointOpen.BYTES);
        }
    }
}
