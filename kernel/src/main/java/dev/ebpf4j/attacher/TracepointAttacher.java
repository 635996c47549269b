package dev.ebpf4j.attacher;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.Link.Mechanism;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.UapiStruct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Tracepoints: the number of the event from tracefs, a perf event for it, and the program on that. */
final class TracepointAttacher {
    private static final int PERF_TYPE_TRACEPOINT = 2;
    private static final int EVERY_PROCESS = -1;
    /** The program runs on all CPUs, whichever one the event names. */
    private static final int ANY_CPU = 0;

    private static final int NO_GROUP = -1;

    private TracepointAttacher() {}

    static Link attach(AttachRequest request, Tracepoint target) {
        Fd event = openEvent(request, eventNumber(request, target));
        FdLink link = null;
        try {
            link = put(request, event);
            request.check(request.sys().ioctl(event.fd(), PerfEventLink.ENABLE, 0));
            return new PerfEventLink(request, event, link);
        } catch (Throwable e) {
            if (link != null) {
                link.close();
            }
            event.close();
            throw e;
        }
    }

    private static long eventNumber(AttachRequest request, Tracepoint target) {
        try (Tracefs tracefs = Tracefs.open(request.sys())) {
            String path = "events/" + target.category() + "/" + target.name() + "/id";
            Tracefs.Content id = tracefs.read(path);
            if (id.error() == -Errno.ENOENT) {
                String wanted = target.category() + ":" + target.name();
                String close = tracefs.closeTo(wanted, event -> event);
                throw request.failure(id.error(), "this kernel has no such tracepoint" + close);
            }
            request.check(id.error());
            return Long.parseLong(id.text().strip());
        } catch (Tracefs.NoTracefsException e) {
            throw request.failure(e.error(), e.getMessage());
        } catch (NumberFormatException e) {
            throw request.failure(-Errno.EINVAL, "its id in tracefs is no number");
        }
    }

    private static Fd openEvent(AttachRequest request, long number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(UapiStruct.PerfEventAttr.BYTES, Long.BYTES);
            attr.set(JAVA_INT, UapiStruct.PerfEventAttr.TYPE, PERF_TYPE_TRACEPOINT);
            attr.set(JAVA_INT, UapiStruct.PerfEventAttr.SIZE, UapiStruct.PerfEventAttr.BYTES);
            attr.set(JAVA_LONG, UapiStruct.PerfEventAttr.CONFIG, number);
            long fd = request.sys().perfEventOpen(attr, EVERY_PROCESS, ANY_CPU, NO_GROUP, 0);
            return new Fd(request.sys(), request.check(fd));
        }
    }

    /** Kernels before 5.15 answer EINVAL to the link; they take the program by ioctl. */
    private static @Nullable FdLink put(AttachRequest request, Fd event) {
        long link = BpfLinks.create(request.sys(), request.programFd(), event.fd(), AttachType.PERF_EVENT);
        if (link >= 0) {
            return new FdLink(request, Mechanism.BPF_LINK, link);
        }
        if (link != -Errno.EINVAL) {
            throw request.failure(link, link == -Errno.EEXIST ? "the program is attached there already" : "");
        }
        request.check(request.sys().ioctl(event.fd(), PerfEventLink.SET_BPF, request.programFd()));
        return null;
    }
}
