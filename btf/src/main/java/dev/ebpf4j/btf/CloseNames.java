package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Names that a misspelt or renamed one may stand for, by edit distance. */
public final class CloseNames {
    private static final int MOST = 5;
    private static final int NESTED = 64;
    private static final int LONGEST = 128;

    private CloseNames() {}

    /** Of all types of the same kind on the targets. */
    static List<String> types(Btf local, int typeId, List<Btf> targets) {
        String wanted = Btf.essentialName(local.name(typeId));
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < targets.size(); i++) {
            Btf target = targets.get(i);
            for (int id = i == 0 ? 1 : target.firstOwnId(); id < target.typeCount(); id++) {
                if (CoReTypes.sameKind(target.kind(id), local.kind(typeId))) {
                    names.add(Btf.essentialName(target.name(id)));
                }
            }
        }
        return closest(wanted, names);
    }

    /** Of the members of a struct or union, those of its anonymous members too, or of the enumerators of an enum. */
    static List<String> members(String wanted, Btf target, int typeId) {
        Set<String> names = new LinkedHashSet<>();
        collect(target, target.resolve(typeId), names, new HashSet<>());
        return closest(wanted, names);
    }

    private static void collect(Btf target, int typeId, Set<String> names, Set<Integer> seen) {
        if (!seen.add(typeId) || seen.size() > NESTED) {
            return;
        }
        switch (target.type(typeId)) {
            case BtfType.Composite type -> {
                for (BtfType.Member member : type.members()) {
                    if (!member.name().isEmpty()) {
                        names.add(member.name());
                    } else {
                        collect(target, target.resolve(member.typeId()), names, seen);
                    }
                }
            }
            case BtfType.Enumeration type -> type.enumerators().forEach(e -> names.add(e.name()));
            default -> {}
        }
    }

    /**
     * The names that differ little from one that does not exist.
     *
     * @param wanted what was asked for
     * @param names what exists, each once
     * @return at most five, the closest first
     */
    public static List<String> closest(String wanted, Collection<String> names) {
        record Scored(String name, int distance) {}
        int limit = Math.max(1, Math.min(wanted.length(), LONGEST) / 3);
        EditDistance distances = new EditDistance(wanted);
        List<Scored> scored = new ArrayList<>();
        for (String name : names) {
            if (!name.isEmpty()
                    && name.length() <= LONGEST
                    && wanted.length() <= LONGEST
                    && Math.abs(name.length() - wanted.length()) <= limit) {
                int distance = distances.to(name);
                if (distance <= limit) {
                    scored.add(new Scored(name, distance));
                }
            }
        }
        scored.sort(Comparator.comparingInt(Scored::distance).thenComparing(Scored::name));
        return scored.stream().limit(MOST).map(Scored::name).toList();
    }
}
