package dev.ebpf4j.btf;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes one type of those that mean the same.
 *
 * <p>The algorithm is libbpf's, described at length by its author in "BTF deduplication and Linux kernel BTF" (2018):
 * what refers to nothing first, then structs by comparing whole graphs, then forward declarations of which only one
 * struct can be meant, and at last what refers to others, whose ids are final by then. Variables and data sections are
 * left as they are; the base of a split BTF is not changed.
 */
final class BtfDedup {
    private static final int UNKNOWN = -1;
    private static final int IN_PROGRESS = -2;

    private final Btf source;
    private final int first;
    private final DedupTypes types;
    private final int[] words;
    private final int[] map;
    private final DedupEquality equality;

    // A hash table of the types that stand for themselves.
    private final int[] heads;
    private final int[] next;
    private final int[] hashes;

    BtfDedup(Btf source) {
        this.source = source;
        this.first = source.firstOwnId();
        this.types = new DedupTypes(source);
        this.words = types.words();
        this.map = new int[types.count()];
        this.equality = new DedupEquality(types, map, first);
        this.heads = new int[Integer.highestOneBit(Math.max(16, types.count()))];
        this.next = new int[types.count()];
        this.hashes = new int[types.count()];
    }

    BtfMapping run() {
        seed();
        primitives();
        composites();
        forwards();
        references();
        return compact();
    }

    /** The base's types stand for themselves, and so do variables and data sections. */
    private void seed() {
        for (int id = 1; id < types.count(); id++) {
            boolean unique = types.kind(id) == BtfKind.VAR || types.kind(id) == BtfKind.DATASEC;
            map[id] = unique || id < first ? id : UNKNOWN;
            if (id < first && !unique) {
                insert(id, hash(id));
            }
        }
    }

    private int hash(int id) {
        return switch (types.kind(id)) {
            case ENUM, ENUM64 -> types.enumHash(id);
            case STRUCT, UNION, TYPEDEF -> types.shallowHash(id);
            default -> types.hash(id);
        };
    }

    private void insert(int id, int hash) {
        int slot = hash & (heads.length - 1);
        hashes[id] = hash;
        next[id] = heads[slot];
        heads[slot] = id;
    }

    /** The first candidate from this entry of the table on. */
    private int candidate(int entry, int hash) {
        int at = entry;
        while (at != 0 && hashes[at] != hash) {
            at = next[at];
        }
        return at;
    }

    private int firstCandidate(int hash) {
        return candidate(heads[hash & (heads.length - 1)], hash);
    }

    private int nextCandidate(int id, int hash) {
        equality.spend();
        return candidate(next[id], hash);
    }

    private void primitives() {
        for (int id = first; id < types.count(); id++) {
            switch (types.kind(id)) {
                case INT, FWD, FLOAT -> whole(id);
                case ENUM, ENUM64 -> enumeration(id);
                default -> {}
            }
        }
    }

    /** A type that must be equal in every word. */
    private void whole(int id) {
        int hash = types.hash(id);
        int found = firstCandidate(hash);
        while (found != 0 && !types.same(id, found)) {
            found = nextCandidate(found, hash);
        }
        standFor(id, found, hash);
    }

    private void standFor(int id, int found, int hash) {
        map[id] = found == 0 ? id : found;
        if (found == 0) {
            insert(id, hash);
        }
    }

    /** A definition also stands for the forward declarations of its name that came before it. */
    private void enumeration(int id) {
        int hash = types.enumHash(id);
        int found = 0;
        for (int candidate = firstCandidate(hash); candidate != 0; candidate = nextCandidate(candidate, hash)) {
            if (types.same(id, candidate)) {
                found = candidate;
                break;
            }
            if (types.sameEnum(id, candidate)) {
                if (types.isEnumForward(id)) {
                    found = candidate;
                    break;
                }
                map[candidate] = id;
            }
        }
        standFor(id, found, hash);
    }

    private void composites() {
        for (int id = first; id < types.count(); id++) {
            if (map[id] < 0 && comparedAsGraph(id)) {
                int hash = types.shallowHash(id);
                int found = firstCandidate(hash);
                while (found != 0 && !canStandFor(id, found)) {
                    found = nextCandidate(found, hash);
                }
                standFor(id, found, hash);
            }
        }
    }

    /** What may contain itself; typedefs do in what compilers of Go write. */
    private boolean comparedAsGraph(int id) {
        return types.kind(id).isComposite() || types.kind(id) == BtfKind.TYPEDEF;
    }

    private boolean canStandFor(int id, int candidate) {
        return comparedAsGraph(candidate) && types.sameButIds(id, candidate) && equality.equal(id, candidate);
    }

    /** A forward declaration that is left means the one struct of its name, if there is exactly one. */
    private void forwards() {
        Map<Integer, Integer> named = new HashMap<>();
        for (int id = 1; id < types.count(); id++) {
            if (types.kind(id).isComposite() && map[id] == id && types.name(id) != 0) {
                named.merge(types.name(id), id, (one, other) -> 0);
            }
        }
        for (int id = first; id < types.count(); id++) {
            if (types.kind(id) == BtfKind.FWD && map[id] == id) {
                int meant = named.getOrDefault(types.name(id), 0);
                if (meant != 0 && types.kind(meant) == equality.declared(id)) {
                    map[id] = meant;
                }
            }
        }
    }

    private void references() {
        int[] open = new int[64];
        for (int root = first; root < types.count(); root++) {
            int depth = 0;
            open[depth++] = root;
            while (depth > 0) {
                int id = open[depth - 1];
                int before = depth;
                if (map[id] == UNKNOWN) {
                    map[id] = IN_PROGRESS;
                    int[] wanted = unknownRefs(id);
                    if (depth + wanted.length > open.length) {
                        open = Arrays.copyOf(open, 2 * (depth + wanted.length));
                    }
                    System.arraycopy(wanted, 0, open, depth, wanted.length);
                    depth += wanted.length;
                }
                if (depth == before) {
                    depth--;
                    if (map[id] == IN_PROGRESS) {
                        reference(id);
                    }
                }
            }
        }
    }

    private int[] unknownRefs(int id) {
        int[] count = {0};
        BtfRefs.forEachType(words, types.at(id), i -> count[0] += map[words[i]] < 0 ? 1 : 0);
        int[] wanted = new int[count[0]];
        BtfRefs.forEachType(words, types.at(id), i -> {
            if (map[words[i]] == IN_PROGRESS) {
                throw new BtfFormatException("types", -1, "type " + id + " that refers to itself", "an end");
            }
            if (map[words[i]] < 0) {
                wanted[--count[0]] = words[i];
            }
        });
        return wanted;
    }

    private void reference(int id) {
        BtfRefs.forEachType(words, types.at(id), i -> words[i] = equality.resolve(words[i]));
        whole(id);
    }

    /** Writes what stands for itself, with ids in a row and only the strings that are still used. */
    private BtfMapping compact() {
        BtfBuilder builder =
                source.base() == null ? new BtfBuilder(source.byteOrder()) : BtfBuilder.split(source.base());
        if (source.layout().length > 0) {
            builder.withLayout();
        }
        int[] ids = new int[types.count()];
        int id = builder.nextId();
        for (int old = 1; old < types.count(); old++) {
            if (old < first) {
                ids[old] = old;
            } else if (map[old] == old) {
                ids[old] = id++;
            }
        }
        for (int old = first; old < types.count(); old++) {
            ids[old] = ids[equality.resolve(old)];
            if (map[old] == old) {
                builder.addWords(rewritten(old, builder, ids));
            }
        }
        return new BtfMapping(builder.build(), BtfMapping.of(ids));
    }

    private int[] rewritten(int id, BtfBuilder builder, int[] ids) {
        int[] copy = types.copyOf(id);
        BtfRefs.rewrite(copy, 0, name -> builder.addString(types.text(name)), other -> ids[equality.resolve(other)]);
        return copy;
    }
}
