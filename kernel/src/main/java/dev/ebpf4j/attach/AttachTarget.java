package dev.ebpf4j.attach;

import dev.ebpf4j.spec.ProgramType;
import java.util.Set;

/** A place where a program can be attached. Programs may be attached to several. */
public sealed interface AttachTarget permits RawTracepoint, StructOps, Tracepoint, TracingRawTp {
    /** {@return the types of programs that can be attached here} */
    Set<ProgramType> programTypes();
}
