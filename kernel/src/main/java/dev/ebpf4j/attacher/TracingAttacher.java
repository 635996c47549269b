package dev.ebpf4j.attacher;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.Link.Mechanism;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.AttachType;

/** {@code tp_btf}: a link, or the older command where the kernel makes no links for this type yet. */
final class TracingAttacher {
    private TracingAttacher() {}

    static Link attach(AttachRequest request) {
        long link = BpfLinks.create(request.sys(), request.programFd(), 0, AttachType.TRACE_RAW_TP);
        if (link >= 0) {
            return new FdLink(request, Mechanism.BPF_LINK, link);
        }
        if (link != -Errno.EINVAL) {
            throw request.failure(link, "");
        }
        long opened = request.check(BpfLinks.openRawTracepoint(request.sys(), request.programFd(), null));
        return new FdLink(request, Mechanism.RAW_TRACEPOINT_OPEN, opened);
    }
}
