package dev.ebpf4j.attacher;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.attach.Link;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.sys.BpfObjects;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.UapiStruct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/** A link that lasts as long as its descriptor. */
public final class FdLink implements Link {
    private final Sys sys;
    private final AttachTarget target;
    private final Mechanism mechanism;
    private final Fd fd;

    /** Takes over {@code fd}. */
    FdLink(AttachRequest request, Mechanism mechanism, long fd) {
        this(request.sys(), request.target(), mechanism, fd);
    }

    FdLink(Sys sys, AttachTarget target, Mechanism mechanism, long fd) {
        this.sys = sys;
        this.target = target;
        this.mechanism = mechanism;
        this.fd = new Fd(sys, fd);
    }

    /** {@return the descriptor, which stays this object's} */
    public int fd() {
        return fd.fd();
    }

    @Override
    public AttachTarget target() {
        return target;
    }

    @Override
    public Mechanism mechanism() {
        return mechanism;
    }

    @Override
    public OptionalInt id() {
        if (!isOpen()) {
            throw new IllegalStateException("the link to " + target + " is closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(UapiStruct.LinkInfo.BYTES, Long.BYTES);
            long result = BpfObjects.info(sys, fd.fd(), info);
            return result < 0 ? OptionalInt.empty() : OptionalInt.of(info.get(JAVA_INT, UapiStruct.LinkInfo.ID));
        }
    }

    @Override
    public void pin(String path) {
        if (!isOpen()) {
            throw new IllegalStateException("the link to " + target + " is closed");
        }
        new Pins(sys).pinNew(fd.fd(), "the link to " + target, path);
    }

    @Override
    public boolean isOpen() {
        return fd.isOpen();
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "link to " + target + " by " + mechanism + (isOpen() ? "" : " (closed)");
    }
}
