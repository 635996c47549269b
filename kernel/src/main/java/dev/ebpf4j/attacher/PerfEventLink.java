package dev.ebpf4j.attacher;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.attach.Link;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A perf event with a program: held by a link where the kernel can, else by the event itself. */
final class PerfEventLink implements Link {
    /** {@code PERF_EVENT_IOC_ENABLE}, {@code _DISABLE} and {@code _SET_BPF} of {@code linux/perf_event.h}. */
    static final long ENABLE = 0x2400;

    static final long DISABLE = 0x2401;
    static final long SET_BPF = 0x4004_2408;

    private final Sys sys;
    private final AttachTarget target;
    private final Fd event;
    private final @Nullable FdLink link;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean pinned;

    PerfEventLink(AttachRequest request, Fd event, @Nullable FdLink link) {
        this.sys = request.sys();
        this.target = request.target();
        this.event = event;
        this.link = link;
    }

    @Override
    public AttachTarget target() {
        return target;
    }

    @Override
    public Mechanism mechanism() {
        return link != null ? Mechanism.BPF_LINK : Mechanism.PERF_EVENT_IOCTL;
    }

    @Override
    public OptionalInt id() {
        return link != null ? link.id() : OptionalInt.empty();
    }

    @Override
    public void pin(String path) {
        if (link == null) {
            throw new UnsupportedOperationException("the kernel before 5.15 has no link of its own for " + target
                    + " that could be pinned: the program is attached as long as this process holds the perf event");
        }
        link.pin(path);
        pinned = true;
    }

    @Override
    public boolean isOpen() {
        return !closed.get();
    }

    /** The event stops firing first, so that nothing runs while the rest goes; the event of a pinned link goes on. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        if (!pinned) {
            sys.ioctl(event.fd(), DISABLE, 0);
        }
        if (link != null) {
            link.close();
        }
        event.close();
    }

    @Override
    public String toString() {
        return "link to " + target + " by " + mechanism() + (isOpen() ? "" : " (closed)");
    }
}
