package dev.ebpf4j.attach;

import dev.ebpf4j.spec.ProgramType;
import java.util.Set;

/**
 * A tracepoint with the arguments that the kernel's own code hands over.
 *
 * @param name name without category, such as {@code sched_process_exec}
 * @kernel 4.17
 */
public record RawTracepoint(String name) implements AttachTarget {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public RawTracepoint {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a raw tracepoint needs a name, such as sched_process_exec");
        }
    }

    @Override
    public Set<ProgramType> programTypes() {
        return Set.of(ProgramType.RAW_TRACEPOINT, ProgramType.RAW_TRACEPOINT_WRITABLE);
    }

    @Override
    public String toString() {
        return "raw tracepoint " + name;
    }
}
