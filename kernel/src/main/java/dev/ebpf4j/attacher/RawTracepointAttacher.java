package dev.ebpf4j.attacher;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.Link.Mechanism;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.error.Errno;

/** Raw tracepoints: one command, and help with the name. */
final class RawTracepointAttacher {
    private RawTracepointAttacher() {}

    static Link attach(AttachRequest request, RawTracepoint target) {
        long fd = BpfLinks.openRawTracepoint(request.sys(), request.programFd(), target.name());
        if (fd == -Errno.ENOENT) {
            throw request.failure(fd, advice(request, target.name()));
        }
        return new FdLink(request, Mechanism.RAW_TRACEPOINT_OPEN, request.check(fd));
    }

    private static String advice(AttachRequest request, String name) {
        try (Tracefs tracefs = Tracefs.open(request.sys())) {
            return "this kernel has no such tracepoint"
                    + tracefs.closeTo(name, event -> event.substring(event.indexOf(':') + 1));
        } catch (Tracefs.NoTracefsException e) {
            return "this kernel has no such tracepoint";
        }
    }
}
