package dev.ebpf4j.kernel;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.error.VerifierLog;
import dev.ebpf4j.spec.ProgramSpec;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel made of one program that was loaded by itself, and is gone again.
 *
 * @param program the program as it was loaded: where its object leaves something open, with what was chosen
 * @param size how many instruction slots it has with all that it calls; 0 if it could not be linked
 * @param info the kernel's view of it; null if it was refused
 * @param log what the verifier wrote: its figures at least, if it saw the program
 * @param failure why it was refused: a {@link dev.ebpf4j.link.LinkException}, of which the kernel was not asked, or a
 *     {@link BpfException}; null if it was accepted
 */
public record ProgramVerdict(
        ProgramSpec program,
        int size,
        @Nullable ProgramInfo info,
        VerifierLog log,
        @Nullable RuntimeException failure) {

    /** {@return whether the kernel took the program} */
    public boolean accepted() {
        return failure == null;
    }

    /** {@return the kernel's answer; empty if it took the program, or was not asked} */
    public Optional<Errno> errno() {
        return failure instanceof BpfException refusal ? Optional.of(refusal.errno()) : Optional.empty();
    }

    /** {@return why the program was refused, on one line: what the kernel lacks, or the verifier's reason; empty if it was accepted} */
    public String reason() {
        return switch (failure) {
            case null -> "";
            case VerifierException rejection
            when !rejection.log().reason().isEmpty() -> rejection.log().reason();
            default ->
                Objects.requireNonNullElse(failure.getMessage(), failure.toString())
                        .replaceAll("\\s*\n\\s*", "; ");
        };
    }
}
