package dev.ebpf4j.attach;

import dev.ebpf4j.spec.ProgramType;
import java.util.Set;

/**
 * The tracepoint that a {@code tp_btf} program was loaded for. Which one is settled when the program is loaded, since the
 * verifier checks the arguments against the kernel's BTF.
 *
 * @kernel 5.5
 */
public record TracingRawTp() implements AttachTarget {
    @Override
    public Set<ProgramType> programTypes() {
        return Set.of(ProgramType.TRACING);
    }

    @Override
    public String toString() {
        return "the tracepoint it was loaded for";
    }
}
