package dev.ebpf4j.attacher;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.StructOps;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.attach.TracingRawTp;
import dev.ebpf4j.error.BpfException;

/** Attaches programs. A new target starts with its record; javac then asks for a line here. */
public final class Attachers {
    private Attachers() {}

    /**
     * Attaches a program.
     *
     * @param request what to attach, and where
     * @return the link, which the caller closes
     * @throws BpfException if the kernel refuses; nothing is left open then
     */
    public static Link attach(AttachRequest request) {
        return switch (request.target()) {
            case Tracepoint tracepoint -> TracepointAttacher.attach(request, tracepoint);
            case RawTracepoint tracepoint -> RawTracepointAttacher.attach(request, tracepoint);
            case TracingRawTp _ -> TracingAttacher.attach(request);
            case StructOps operations ->
                throw new IllegalArgumentException("program '" + request.program() + "' can't be attached to "
                        + operations + " by itself; use LoadedObject.structOps(\"" + operations.map() + "\").attach()");
        };
    }
}
