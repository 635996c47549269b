package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a kernel's BTF down to what the CO-RE relocations of some objects look at: a few kilobytes that can be shipped
 * with a program for kernels that have no BTF of their own. Relocation against the small one gives the same
 * instructions, but for type ids of the target, which are ids in the small one.
 *
 * <p>Kept are the members on the paths of relocations, enums as a whole, for {@code TYPE_MATCHES} all that is compared,
 * and of everything else that these refer to the name, the kind and the size. For use by one thread.
 */
public final class MinCoreBtf {
    private final Btf target;
    private final Map<Integer, Mark> marks = new TreeMap<>();
    private final List<Integer> open = new ArrayList<>();

    /** What is kept of one type. */
    private static final class Mark {
        final BitSet members = new BitSet();

        /** Whether all that {@code TYPE_MATCHES} compares is kept. */
        boolean whole;
    }

    /**
     * Nothing yet.
     *
     * @param target the kernel's BTF; a split one may be given too
     */
    public MinCoreBtf(Btf target) {
        this.target = target;
    }

    /**
     * Keeps what all relocations of an object look at.
     *
     * @param local the object's BTF
     * @param ext its BTF.ext
     * @return this
     * @throws BtfFormatException if a relocation does not fit the object's types, or types are nested without end
     */
    public MinCoreBtf add(Btf local, BtfExt ext) {
        for (String section : ext.sections()) {
            add(local, ext.relocations(section));
        }
        return this;
    }

    /**
     * Keeps what some relocations look at.
     *
     * @param local the BTF of the object that they are from
     * @param relos the relocations
     * @return this
     * @throws BtfFormatException if a relocation does not fit the object's types, or types are nested without end
     */
    public MinCoreBtf add(Btf local, Collection<CoReRelo> relos) {
        Map<String, Boolean> done = new HashMap<>();
        for (CoReRelo relo : relos) {
            String question = relo.typeId() + " " + relo.access() + " " + relo.kind();
            if (relo.kind() != CoReKind.TYPE_ID_LOCAL && done.put(question, true) == null) {
                add(local, relo);
            }
        }
        return this;
    }

    private void add(Btf local, CoReRelo relo) {
        CoReSpec spec = CoReSpec.local(local, relo);
        for (int id : target.findEssential(Btf.essentialName(local.name(relo.typeId())))) {
            if (!CoReTypes.sameKind(local.kind(relo.typeId()), target.kind(id))) {
                continue;
            }
            CoReSpec theirs = new CoReMatcher(spec, relo.kind(), target).match(id);
            if (theirs != null) {
                keep(id, relo.kind() == CoReKind.TYPE_MATCHES);
                if (relo.kind().isField()) {
                    keepPath(id, theirs);
                }
            }
        }
    }

    private void keepPath(int root, CoReSpec path) {
        int at = target.resolve(root);
        for (CoReSpec.Step step : path.steps()) {
            if (step.isElement()) {
                keep(step.typeId(), false);
                at = step.typeId();
            } else {
                if (!keepAnonymous(at, step.typeId(), 0)) {
                    throw new BtfFormatException("types", -1, "no way from type " + at, "one to " + step.typeId());
                }
                keepMember(step.typeId(), step.index());
                BtfType.Composite holder = (BtfType.Composite) target.type(step.typeId());
                at = target.resolve(holder.members().get(step.index()).typeId());
            }
        }
    }

    /** Keeps the anonymous members on the way from one struct to one inside it. */
    private boolean keepAnonymous(int from, int to, int depth) {
        if (from == to) {
            return true;
        }
        if (depth > CoReSpec.LONGEST || !(target.type(from) instanceof BtfType.Composite type)) {
            return false;
        }
        for (int i = 0; i < type.members().size(); i++) {
            BtfType.Member member = type.members().get(i);
            if (member.name().isEmpty() && keepAnonymous(target.resolve(member.typeId()), to, depth + 1)) {
                keepMember(from, i);
                return true;
            }
        }
        return false;
    }

    private void keepMember(int id, int index) {
        keep(id, false);
        BtfType.Composite type = (BtfType.Composite) target.type(id);
        mark(id).members.set(index);
        keep(type.members().get(index).typeId(), false);
        int last = type.members().size() - 1;
        if (index < last
                && target.type(target.resolve(type.members().get(index).typeId())) instanceof BtfType.Array array
                && array.count() == 0) {
            keepMember(id, last); // without it, the array would look like a flexible one
        }
    }

    private Mark mark(int id) {
        return marks.computeIfAbsent(id, i -> new Mark());
    }

    /** Keeps a type and, as far as needed, what it refers to. */
    private void keep(int id, boolean whole) {
        want(id, whole);
        while (!open.isEmpty()) {
            follow(open.removeLast());
        }
    }

    private void want(int id, boolean whole) {
        if (id == 0) {
            return;
        }
        Mark known = marks.get(id);
        if (known == null || (whole && !known.whole)) {
            mark(id).whole |= whole;
            open.add(id);
        }
    }

    private void follow(int id) {
        Mark mark = mark(id);
        boolean whole = mark.whole;
        switch (target.type(id)) {
            case BtfType.Composite type -> {
                if (whole) {
                    mark.members.set(0, type.members().size());
                    type.members().forEach(member -> want(member.typeId(), true));
                }
            }
            case BtfType.Ptr type -> want(type.typeId(), false); // behind a pointer name and kind are compared
            case BtfType type -> BtfTypeIds.forEach(type, other -> want(other, whole));
        }
    }

    /**
     * What was kept so far.
     *
     * @return a table of its own, in the byte order of the kernel's
     * @throws BtfFormatException if the kernel's BTF breaks the format
     */
    public Btf build() {
        BtfBuilder builder = new BtfBuilder(target.byteOrder());
        Map<Integer, Integer> ids = new HashMap<>(Map.of(0, 0));
        marks.keySet().forEach(id -> ids.put(id, ids.size()));
        marks.forEach((id, mark) -> builder.add(cut(target.type(id), mark).mapTypeIds(other -> newId(ids, other))));
        return builder.build();
    }

    private static int newId(Map<Integer, Integer> ids, int id) {
        @Nullable Integer known = ids.get(id);
        if (known == null) {
            throw new IllegalStateException("type " + id + " was not kept");
        }
        return known;
    }

    private static BtfType cut(BtfType type, Mark mark) {
        return switch (type) {
            case BtfType.Struct s -> new BtfType.Struct(s.name(), s.size(), cut(s.members(), mark));
            case BtfType.Union u -> new BtfType.Union(u.name(), u.size(), cut(u.members(), mark));
            default -> type;
        };
    }

    private static List<BtfType.Member> cut(List<BtfType.Member> members, Mark mark) {
        return mark.members.stream().mapToObj(members::get).toList();
    }
}
