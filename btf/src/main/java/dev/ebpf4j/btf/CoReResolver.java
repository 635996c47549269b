package dev.ebpf4j.btf;

import dev.ebpf4j.btf.CoReChoice.Candidate;
import dev.ebpf4j.btf.CoReChoice.Match;
import dev.ebpf4j.btf.CoReReason.Problem;
import dev.ebpf4j.btf.CoReValues.Measure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers CO-RE relocations of one program against the types of a target kernel.
 *
 * <p>The rules are those of libbpf, with two differences: candidates are never narrowed by earlier relocations, so that
 * an answer does not depend on what was asked before (see {@link #together} for what takes the place of this); and where all of the kernel proper's candidates fail, those of
 * modules get their chance before an instruction is poisoned. Safe for use by several threads.
 *
 * <p>For each relocation: follow the access path through the program's own types; take all target types of the same
 * essential name and kind; follow the path, by name, through each; compute the number on both sides; if several
 * candidates match, they must agree.
 */
public final class CoReResolver {
    private final Btf local;
    private final List<Btf> nearest;
    private final Supplier<List<Btf>> others;
    private final Map<Key, List<Candidate>> candidates = new ConcurrentHashMap<>();
    private final Map<Integer, List<CoReRelo>> together;
    private final Map<List<Object>, Optional<Candidate>> choices = new ConcurrentHashMap<>();
    private volatile @Nullable List<Btf> known;

    private record Key(String name, BtfKind kind, boolean nearest) {}

    /**
     * Prepares to answer; nothing is searched yet.
     *
     * @param local the program's BTF
     * @param targets the kernel's BTF, or a custom one in its place, then those of modules
     */
    public CoReResolver(Btf local, List<Btf> targets) {
        this.local = local;
        this.nearest = List.copyOf(targets.subList(0, Math.min(1, targets.size())));
        this.others = () -> targets.subList(nearest.size(), targets.size());
        this.together = Map.of();
    }

    /**
     * Prepares to answer; nothing is searched yet.
     *
     * @param local the program's BTF
     * @param kernel the kernel's BTF, or a custom one in its place
     * @param modules gives those of the modules; asked once at most, and only if nothing in the kernel's matches
     */
    public CoReResolver(Btf local, Btf kernel, Supplier<List<Btf>> modules) {
        this.local = local;
        this.nearest = List.of(kernel);
        this.others = modules;
        this.together = Map.of();
    }

    private CoReResolver(CoReResolver that, Map<Integer, List<CoReRelo>> together) {
        this.local = that.local;
        this.nearest = that.nearest;
        this.others = that::others;
        this.together = together;
    }

    /**
     * A resolver for the same types that knows what else is asked, which settles between target types of one name that
     * disagree: the one that answers most of the questions about a type is meant. The order of the questions does not
     * count.
     *
     * @param relos all relocations that are asked together, those of one object
     * @return another resolver
     */
    public CoReResolver together(Collection<CoReRelo> relos) {
        Map<Integer, List<CoReRelo>> byRoot = new HashMap<>();
        Set<CoReRelo> seen = new HashSet<>();
        for (CoReRelo relo : relos) {
            CoReRelo question = new CoReRelo(0, relo.typeId(), relo.access(), relo.kind());
            if (relo.kind() != CoReKind.TYPE_ID_LOCAL && seen.add(question)) {
                byRoot.computeIfAbsent(relo.typeId(), id -> new ArrayList<>()).add(question);
            }
        }
        return new CoReResolver(this, byRoot);
    }

    /**
     * Answers one relocation.
     *
     * @param relo a record of the program's BTF.ext
     * @return the number to put into the instruction, or why there is none
     * @throws BtfFormatException if the record does not fit the program's types, or types are nested without end
     */
    public CoReFixup resolve(CoReRelo relo) {
        CoReSpec spec = CoReSpec.local(local, relo);
        Measure ours = CoReValues.measure(relo.kind(), spec);
        if (ours.problem() != null) {
            return new CoReFixup.Refused(reason(relo, ours.problem(), List.of()));
        }
        if (relo.kind() == CoReKind.TYPE_ID_LOCAL) {
            return new CoReFixup.Value(ours.value(), ours.value(), false, CoReFixup.Sizes.NONE, -1);
        }
        if (local.name(relo.typeId()).isEmpty()) {
            return new CoReFixup.Refused(reason(relo, Problem.ANONYMOUS, List.of()));
        }
        List<Candidate> near = candidates(relo.typeId(), true);
        CoReFixup fixup = compare(relo, spec, ours, near, near);
        return fixup != null ? fixup : inModules(relo, spec, ours, near);
    }

    /** Whether something exists is asked of modules only if the kernel proper has no type of that name: as in libbpf. */
    private CoReFixup inModules(CoReRelo relo, CoReSpec spec, Measure ours, List<Candidate> near) {
        if (!near.isEmpty() && CoReValues.missing(relo.kind()) != null) {
            return missing(relo, ours, near);
        }
        List<Candidate> far = candidates(relo.typeId(), false);
        List<Candidate> all = Stream.concat(near.stream(), far.stream()).toList();
        CoReFixup fixup = compare(relo, spec, ours, far, all);
        // what the kernel proper has, though of another shape, is not refused for what modules disagree about
        return fixup == null || (fixup instanceof CoReFixup.Refused && !near.isEmpty())
                ? missing(relo, ours, all)
                : fixup;
    }

    /** What the candidates agree on; null if none matches. */
    private @Nullable CoReFixup compare(
            CoReRelo relo, CoReSpec spec, Measure ours, List<Candidate> candidates, List<Candidate> tried) {
        List<Match> matches = matches(spec, relo.kind(), candidates);
        if (matches.isEmpty()) {
            return null;
        }
        return CoReChoice.agree(matches)
                ? value(ours, matches.getFirst())
                : settle(relo, ours, candidates, matches, tried);
    }

    private static List<Match> matches(CoReSpec spec, CoReKind kind, List<Candidate> candidates) {
        List<Match> matches = new ArrayList<>();
        for (Candidate candidate : candidates) {
            CoReSpec theirs = new CoReMatcher(spec, kind, candidate.btf()).match(candidate.id());
            if (theirs != null) {
                matches.add(new Match(candidate, theirs, CoReValues.measure(kind, theirs)));
            }
        }
        return matches;
    }

    /** What the one says that is meant, if everything else that is asked about the type tells which one that is. */
    private CoReFixup settle(
            CoReRelo relo, Measure ours, List<Candidate> candidates, List<Match> matches, List<Candidate> tried) {
        List<Object> key = List.of(relo.typeId(), candidates);
        Candidate meant = choices.computeIfAbsent(key, k -> Optional.ofNullable(choose(relo, candidates)))
                .orElse(null);
        if (meant == null) {
            return new CoReFixup.Refused(disagreement(relo, matches, tried));
        }
        return matches.stream()
                .filter(match -> match.candidate().equals(meant))
                .findFirst()
                .map(match -> value(ours, match))
                .orElseGet(() -> missing(relo, ours, tried));
    }

    private @Nullable Candidate choose(CoReRelo relo, List<Candidate> candidates) {
        List<List<Match>> answers = new ArrayList<>();
        for (CoReRelo question : together.getOrDefault(relo.typeId(), List.of(relo))) {
            try {
                answers.add(matches(CoReSpec.local(local, question), question.kind(), candidates));
            } catch (BtfFormatException ignored) {
                // It tells when it is asked for itself.
            }
        }
        return new CoReChoice(candidates, answers).choose();
    }

    private CoReFixup value(Measure ours, Match match) {
        Candidate candidate = match.candidate();
        return new CoReFixup.Value(
                match.measure().value(),
                ours.value(),
                ours.validate(),
                CoReValues.sizes(local, ours, candidate.btf(), match.measure()),
                candidate.target());
    }

    private CoReFixup missing(CoReRelo relo, Measure ours, List<Candidate> tried) {
        Long value = CoReValues.missing(relo.kind());
        if (value == null) {
            Problem problem = tried.isEmpty() ? Problem.NO_SUCH_TYPE : Problem.NO_MATCH;
            return new CoReFixup.Poison(reason(relo, problem, tried));
        }
        return new CoReFixup.Value(value, ours.value(), ours.validate(), CoReFixup.Sizes.NONE, -1);
    }

    /**
     * Whether a type of a program means the same as one of the kernel: kinds equal all the way down, names, sizes and
     * signs aside.
     *
     * @param local the program's BTF
     * @param localType a type there, for instance the prototype of a function
     * @param target the kernel's BTF
     * @param targetType a type there
     * @return true if they are compatible
     * @throws BtfFormatException if one of them is nested without end
     */
    public static boolean compatible(Btf local, int localType, Btf target, int targetType) {
        return new CoReTypes(local, target).compatible(localType, targetType);
    }

    /**
     * A relocation's type and path in C, for messages.
     *
     * @param relo a record of the program's BTF.ext
     * @return such as {@code struct task_struct.exit_code}
     * @throws BtfFormatException if the record does not fit the program's types
     */
    public String spell(CoReRelo relo) {
        return CoReSpelling.subject(CoReSpec.local(local, relo));
    }

    private List<Candidate> candidates(int typeId, boolean near) {
        Key key = new Key(Btf.essentialName(local.name(typeId)), local.kind(typeId), near);
        return candidates.computeIfAbsent(key, this::search);
    }

    private List<Candidate> search(Key key) {
        List<Candidate> found = new ArrayList<>();
        List<Btf> targets = key.nearest() ? nearest : others();
        for (int i = 0; i < targets.size(); i++) {
            Btf target = targets.get(i);
            int[] ids = key.nearest() ? target.findEssential(key.name()) : target.findOwnEssential(key.name());
            for (int id : ids) {
                if (CoReTypes.sameKind(key.kind(), target.kind(id))) {
                    found.add(new Candidate(key.nearest() ? 0 : nearest.size() + i, target, id));
                }
            }
        }
        return List.copyOf(found);
    }

    private List<Btf> others() {
        List<Btf> once = known;
        if (once == null) {
            once = List.copyOf(others.get());
            known = once;
        }
        return once;
    }

    private CoReReason reason(CoReRelo relo, Problem problem, List<Candidate> tried) {
        CoReSpec spec = CoReSpec.local(local, relo);
        return new CoReReason(
                relo.kind(),
                CoReSpelling.subject(spec),
                problem,
                tried.stream().map(Candidate::spell).toList(),
                () -> closeNames(relo, spec, problem, tried));
    }

    private CoReReason disagreement(CoReRelo relo, List<Match> matches, List<Candidate> tried) {
        return matches.stream()
                .map(match -> match.measure().problem())
                .filter(Objects::nonNull)
                .findFirst()
                .map(problem -> reason(relo, problem, tried))
                .orElseGet(() -> new CoReReason(
                        relo.kind(),
                        spell(relo),
                        Problem.AMBIGUOUS,
                        matches.stream().map(Match::spell).toList(),
                        List::of));
    }

    private List<String> closeNames(CoReRelo relo, CoReSpec spec, Problem problem, List<Candidate> tried) {
        return switch (problem) {
            case NO_SUCH_TYPE ->
                CloseNames.types(
                        local,
                        relo.typeId(),
                        Stream.concat(nearest.stream(), others().stream()).toList());
            case NO_MATCH -> {
                Candidate candidate = tried.getFirst();
                CoReMatcher matcher = new CoReMatcher(spec, relo.kind(), candidate.btf());
                CoReSpec.@Nullable Step missing = matcher.match(candidate.id()) == null ? matcher.failedStep() : null;
                yield missing == null
                        ? List.of()
                        : CloseNames.members(missing.name(), candidate.btf(), matcher.failedIn());
            }
            case AMBIGUOUS, ANONYMOUS, WIDE_BITFIELD, NOT_A_MEMBER -> List.of();
        };
    }
}
