package dev.ebpf4j.btf;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Why a CO-RE relocation has no value on the target. Equal when kind, subject, problem and candidates are. */
public final class CoReReason {
    private final CoReKind kind;
    private final String subject;
    private final Problem problem;
    private final List<String> candidates;
    private final Supplier<List<String>> closeNames;

    CoReReason(
            CoReKind kind,
            String subject,
            Problem problem,
            List<String> candidates,
            Supplier<List<String>> closeNames) {
        this.kind = kind;
        this.subject = subject;
        this.problem = problem;
        this.candidates = List.copyOf(candidates);
        this.closeNames = closeNames;
    }

    /** What is wrong. */
    public enum Problem {
        /** The target has no type of this name and kind. */
        NO_SUCH_TYPE("the target has no type of this name and kind"),
        /** The target has the type, but without the field or enumerator, or with an incompatible one. */
        NO_MATCH("no type of this name on the target has it"),
        /** Several target types fit and disagree. */
        AMBIGUOUS("several types on the target fit and disagree"),
        /** The type has no name to search for. */
        ANONYMOUS("the type has no name to search the target for"),
        /** A bitfield that no aligned container of up to 8 bytes holds. */
        WIDE_BITFIELD("no aligned container of up to 8 bytes holds the bitfield"),
        /** A question that makes sense for a member only was asked about an array element. */
        NOT_A_MEMBER("it is an array element, and the question needs a member");

        private final String text;

        Problem(String text) {
            this.text = text;
        }
    }

    /**
     * What was asked.
     *
     * @return the kind of the relocation
     */
    public CoReKind kind() {
        return kind;
    }

    /**
     * What it was asked about, in C.
     *
     * @return such as {@code struct task_struct.exit_code} or {@code enum bpf_map_type::BPF_MAP_TYPE_HASH}
     */
    public String subject() {
        return subject;
    }

    /**
     * What is wrong.
     *
     * @return the problem
     */
    public Problem problem() {
        return problem;
    }

    /**
     * The types of the same essential name that were tried.
     *
     * @return such as {@code struct task_struct [114]}, the number being the type id
     */
    public List<String> candidates() {
        return candidates;
    }

    /**
     * Names that differ little from the missing one: of fields or enumerators when a type was found, else of types.
     *
     * <p>They are searched for by this call, which may look at every type of the target.
     *
     * @return at most five, the closest first
     */
    public List<String> closeNames() {
        return closeNames.get();
    }

    /**
     * All of it on one line.
     *
     * @return the message
     */
    public String message() {
        List<String> close = closeNames();
        return "CO-RE %s of %s: %s%s%s"
                .formatted(
                        kind,
                        subject,
                        problem.text,
                        candidates.isEmpty() ? "" : "; tried " + String.join(", ", candidates),
                        close.isEmpty() ? "" : "; close names: " + String.join(", ", close));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CoReReason r
                && kind == r.kind
                && subject.equals(r.subject)
                && problem == r.problem
                && candidates.equals(r.candidates);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, subject, problem, candidates);
    }

    @Override
    public String toString() {
        return message();
    }
}
