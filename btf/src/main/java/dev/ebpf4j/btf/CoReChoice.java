package dev.ebpf4j.btf;

import dev.ebpf4j.btf.CoReValues.Measure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of several target types of the same name a program means, judged by everything that it asks about that name.
 *
 * <p>libbpf drops, after each relocation, the types that did not match it, and refuses the program when those left
 * disagree: whether it loads depends on the order of its instructions. Whatever that order, if libbpf accepts, then one
 * type has answered all. So it is enough to try the types one by one, the one that matches most questions first: can
 * all that it matches be asked in some order such that those left always agree?
 */
final class CoReChoice {
    /** A target type of the right name and kind; equal by the number of its BTF and its id. */
    record Candidate(int target, Btf btf, int id) {
        String spell() {
            return "%s [%d]".formatted(CoReSpelling.type(btf, id), id);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Candidate c && target == c.target && id == c.id;
        }

        @Override
        public int hashCode() {
            return 31 * target + id;
        }
    }

    /** What one matching candidate gives. */
    record Match(Candidate candidate, CoReSpec spec, Measure measure) {
        boolean agrees(Match other) {
            return spec.bitOffset() == other.spec.bitOffset() && measure.value() == other.measure.value();
        }

        String spell() {
            return candidate.spell() + " gives " + measure.value();
        }
    }

    private final List<Candidate> candidates;
    private final List<List<Match>> answers;

    /** Takes all candidates, and per question those that match. */
    CoReChoice(List<Candidate> candidates, List<List<Match>> answers) {
        this.candidates = candidates;
        this.answers = answers;
    }

    /** Whether there is a number, and one only. */
    static boolean agree(List<Match> matches) {
        return matches.stream()
                .allMatch(match -> match.measure().problem() == null && match.agrees(matches.getFirst()));
    }

    /** The candidate that is meant; null if there is none in any order of the questions. */
    @Nullable
    Candidate choose() {
        return candidates.stream()
                .sorted(Comparator.comparingInt(
                        candidate -> -questionsTo(candidate).size()))
                .filter(this::isReachable)
                .findFirst()
                .orElse(null);
    }

    private List<List<Match>> questionsTo(Candidate candidate) {
        return answers.stream().filter(matches -> has(matches, candidate)).toList();
    }

    private static boolean has(List<Match> matches, Candidate candidate) {
        return matches.stream().anyMatch(match -> match.candidate().equals(candidate));
    }

    /** Asks whatever the candidates that are left agree on; at the end, those left must answer the same questions. */
    private boolean isReachable(Candidate candidate) {
        List<List<Match>> open = new ArrayList<>(questionsTo(candidate));
        List<Candidate> left = candidates;
        for (boolean progress = true; progress && !open.isEmpty(); ) {
            progress = false;
            for (List<Match> matches : List.copyOf(open)) {
                List<Match> now = among(matches, left);
                if (agree(now)) {
                    left = now.stream().map(Match::candidate).toList();
                    open.remove(matches);
                    progress = true;
                }
            }
        }
        List<Candidate> last = left;
        return open.isEmpty()
                && answers.stream()
                        .allMatch(matches ->
                                has(matches, candidate) || among(matches, last).isEmpty());
    }

    private static List<Match> among(List<Match> matches, List<Candidate> candidates) {
        return matches.stream()
                .filter(match -> candidates.contains(match.candidate()))
                .toList();
    }
}
