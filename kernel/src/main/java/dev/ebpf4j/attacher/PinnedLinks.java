package dev.ebpf4j.attacher;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.Link.Mechanism;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.StructOps;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.attach.TracingRawTp;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfObjects;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import dev.ebpf4j.sys.UapiStruct.LinkInfo;
import dev.ebpf4j.sys.UapiStruct.MapInfo;
import dev.ebpf4j.sys.UapiStruct.ProgInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/** Opens links that are pinned, and has the kernel say what they are attached to. */
public final class PinnedLinks {
    /** Of {@code enum bpf_link_type}. */
    private static final int RAW_TRACEPOINT = 1;

    private static final int TRACING = 2;
    private static final int PERF_EVENT = 7;
    private static final int STRUCT_OPS = 9;
    /** Of {@code enum bpf_perf_event_type}. */
    private static final int OF_TRACEPOINT = 5;

    /** A link has the first name where it is made, and the second where it is opened. */
    private static final Set<String> LINKS = Set.of("anon_inode:bpf_link", "anon_inode:bpf-link");

    private static final int NAME_BYTES = 512;

    private PinnedLinks() {}

    /**
     * Opens a link by its pin.
     *
     * @param sys the kernel
     * @param path the pin
     * @return the link, which the caller closes
     * @throws BpfException if the kernel refuses, or there is no such pin
     * @throws IllegalArgumentException if something else is pinned there
     * @throws UnsupportedOperationException if the link is of a type that is not known here
     */
    public static Link open(Sys sys, String path) {
        Fd fd = new Pins(sys).open(path, "the link");
        if (fd == null) {
            throw new BpfException("open the link pinned at " + path, Errno.of(Errno.ENOENT));
        }
        try {
            String kind = BpfObjects.kind(fd.fd());
            if (!kind.isEmpty() && !LINKS.contains(kind)) {
                throw new IllegalArgumentException("what is pinned at " + path + " is no link, but " + kind);
            }
            AttachTarget target = target(sys, fd.fd(), path);
            boolean raw = target instanceof RawTracepoint;
            return new FdLink(sys, target, raw ? Mechanism.RAW_TRACEPOINT_OPEN : Mechanism.BPF_LINK, fd.fd());
        } catch (Throwable t) {
            fd.close();
            throw t;
        }
    }

    private static AttachTarget target(Sys sys, int fd, String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(sys, fd, arena.allocate(LinkInfo.BYTES, Long.BYTES), path);
            int type = info.get(JAVA_INT, LinkInfo.TYPE);
            int event = type == PERF_EVENT ? info.get(JAVA_INT, LinkInfo.PERF_EVENT_TYPE) : 0;
            boolean typed = type == RAW_TRACEPOINT && isTracing(sys, info.get(JAVA_INT, LinkInfo.PROG_ID));
            if (type == TRACING || typed) {
                return new TracingRawTp();
            }
            if (type == STRUCT_OPS) {
                return new StructOps(mapName(sys, info.get(JAVA_INT, LinkInfo.STRUCT_OPS_MAP_ID), path));
            }
            if (type != RAW_TRACEPOINT && event != OF_TRACEPOINT) {
                throw new UnsupportedOperationException("the link pinned at " + path + " is of type " + type
                        + (event == 0 ? "" : ", event type " + event) + ", which ebpf4j does not know");
            }
            boolean raw = type == RAW_TRACEPOINT;
            int place = raw ? LinkInfo.RAW_TRACEPOINT_TP_NAME : LinkInfo.PERF_EVENT_TRACEPOINT_TP_NAME;
            MemorySegment name = arena.allocate(NAME_BYTES);
            info.fill((byte) 0);
            info.set(JAVA_LONG, place, name.address());
            info.set(JAVA_INT, place + Long.BYTES, NAME_BYTES);
            info(sys, fd, info, path);
            String tracepoint = name.getString(0);
            return raw ? new RawTracepoint(tracepoint) : new Tracepoint(category(sys, tracepoint), tracepoint);
        }
    }

    private static MemorySegment info(Sys sys, int fd, MemorySegment info, String path) {
        BpfException.checked(BpfObjects.info(sys, fd, info), "ask what the link pinned at " + path + " is attached to");
        return info;
    }

    /** Both kinds of programs have the same link; without the right to open programs by number they are not told apart. */
    private static boolean isTracing(Sys sys, int programId) {
        long opened = BpfObjects.openById(sys, Uapi.Cmd.BPF_PROG_GET_FD_BY_ID, programId);
        if (opened < 0) {
            return false;
        }
        try (Fd program = new Fd(sys, opened);
                Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(ProgInfo.BYTES, Long.BYTES);
            return BpfObjects.info(sys, program.fd(), info) >= 0
                    && info.get(JAVA_INT, ProgInfo.TYPE) == ProgramType.TRACING.number();
        }
    }

    private static String mapName(Sys sys, int id, String path) {
        String operation = "ask for the operations of the link pinned at " + path;
        long opened = BpfException.checked(BpfObjects.openById(sys, Uapi.Cmd.BPF_MAP_GET_FD_BY_ID, id), operation);
        try (Fd map = new Fd(sys, opened);
                Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(MapInfo.BYTES, Long.BYTES);
            BpfException.checked(BpfObjects.info(sys, map.fd(), info), operation);
            return info.getString(MapInfo.NAME);
        }
    }

    /** The kernel tells the name alone; tracefs knows the category, which is {@code ?} where there is no way to that. */
    private static String category(Sys sys, String name) {
        try (Tracefs tracefs = Tracefs.open(sys)) {
            return tracefs.read("available_events")
                    .text()
                    .lines()
                    .filter(event -> event.endsWith(":" + name))
                    .map(event -> event.substring(0, event.indexOf(':')))
                    .findFirst()
                    .orElse("?");
        } catch (Tracefs.NoTracefsException e) {
            return "?";
        }
    }
}
