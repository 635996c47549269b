package dev.ebpf4j.btf;

import java.util.Arrays;

/**
 * Whether two structs mean the same although they, and all that they refer to, have different ids.
 *
 * <p>Two graphs of types, which may have cycles, are walked side by side. A pair that was met once counts as equal from
 * then on; this holds for one question only, and becomes knowledge if the answer to it is yes.
 */
final class DedupEquality {
    private static final int NONE = -1;
    private static final int ALIKE_DEPTH = 16;
    private static final long BUDGET = 1L << 24;
    private static final long BUDGET_PER_TYPE = 512;

    private final DedupTypes types;
    private final int[] map;
    private final int firstOwn;

    /** What each canonical type is assumed to equal. */
    private final int[] assumed;

    private int[] touched = new int[64];
    private int touchedCount;
    private int[] open = new int[256];
    private int openCount;
    private boolean onlyForwards;
    private long left;

    /** Takes and keeps up to date: each type to one that stands for it, -1 while that is not known. */
    DedupEquality(DedupTypes types, int[] map, int firstOwn) {
        this.types = types;
        this.map = map;
        this.firstOwn = firstOwn;
        this.assumed = new int[types.count()];
        this.left = BUDGET + BUDGET_PER_TYPE * types.count();
        Arrays.fill(assumed, NONE);
    }

    /** The end of the chain of types that stand for this one. */
    int resolve(int id) {
        int at = id;
        while (map[at] >= 0 && map[at] != at) {
            at = map[at];
        }
        return at;
    }

    /** Whether {@code candidate} can stand for {@code id}; if so, what was found out on the way is kept. */
    boolean equal(int id, int candidate) {
        forget();
        open(id, candidate);
        while (openCount > 0) {
            int other = open[--openCount];
            int ours = open[--openCount];
            if (!pair(ours, other)) {
                return false;
            }
        }
        keep();
        return !onlyForwards;
    }

    private void forget() {
        for (int i = 0; i < touchedCount; i++) {
            assumed[touched[i]] = NONE;
        }
        touchedCount = 0;
        openCount = 0;
        onlyForwards = false;
    }

    private void open(int id, int canonical) {
        if (openCount + 2 > open.length) {
            open = Arrays.copyOf(open, 2 * open.length);
        }
        open[openCount++] = id;
        open[openCount++] = canonical;
    }

    /** Counts a step: vmlinux takes 45 for each type. */
    void spend() {
        if (--left < 0) {
            throw new BtfFormatException("types", -1, "too many types that are nearly the same", "fewer of them");
        }
    }

    /** Compares one pair, and leaves the pairs that it depends on open. */
    private boolean pair(int id, int canonicalId) {
        spend();
        if (resolve(id) == resolve(canonicalId)) {
            return true;
        }
        int canonical = behindForward(canonicalId);
        if (assumed[canonical] != NONE) {
            // Compilers may give one array type several ids within the same struct.
            return assumed[canonical] == id || alike(assumed[canonical], id, ALIKE_DEPTH);
        }
        assume(canonical, id);
        if (types.name(id) != types.name(canonical)) {
            return false;
        }
        BtfKind kind = types.kind(id);
        BtfKind other = types.kind(canonical);
        if (kind != other) {
            return forwardAndDefinition(id, kind, canonical, other);
        }
        return switch (kind) {
            case VOID -> true;
            case INT, FWD, FLOAT -> types.same(id, canonical);
            case ENUM, ENUM64 -> types.sameEnum(id, canonical);
            case PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, TYPE_TAG ->
                types.info(id) == types.info(canonical) && openOne(id, canonical, 2);
            case ARRAY ->
                types.word(id, 5) == types.word(canonical, 5) && openOne(id, canonical, 3) && openOne(id, canonical, 4);
            case STRUCT, UNION, FUNC_PROTO -> types.sameButIds(id, canonical) && openAll(id, canonical, kind);
            case VAR, DATASEC, DECL_TAG, UNKNOWN -> false;
        };
    }

    private void assume(int canonical, int id) {
        assumed[canonical] = id;
        if (touchedCount == touched.length) {
            touched = Arrays.copyOf(touched, 2 * touchedCount);
        }
        touched[touchedCount++] = canonical;
    }

    private boolean openOne(int id, int canonical, int word) {
        open(types.word(id, word), types.word(canonical, word));
        return true;
    }

    /** From the last to the first, so that the first is compared first. */
    private boolean openAll(int id, int canonical, BtfKind kind) {
        for (int i = types.vlen(id) - 1; i >= 0; i--) {
            openOne(id, canonical, BtfWords.HEADER + i * kind.elementWords + 1);
        }
        return kind != BtfKind.FUNC_PROTO || openOne(id, canonical, 2);
    }

    private int behindForward(int id) {
        if (types.kind(id) != BtfKind.FWD) {
            return id;
        }
        int resolved = resolve(id);
        return types.kind(resolved) == BtfKind.FWD ? id : resolved;
    }

    /** A forward declaration equals every struct of its name; which one is settled if all the rest is equal. */
    private boolean forwardAndDefinition(int id, BtfKind kind, int canonical, BtfKind other) {
        if (kind == BtfKind.FWD) {
            return other == declared(id);
        }
        if (other != BtfKind.FWD || kind != declared(canonical)) {
            return false;
        }
        if (canonical < firstOwn) {
            onlyForwards = true; // the base's types cannot be changed to refer to ours
        }
        return true;
    }

    BtfKind declared(int forward) {
        return types.flag(forward) ? BtfKind.UNION : BtfKind.STRUCT;
    }

    /** Equal word by word, ids followed to a bounded depth. */
    private boolean alike(int a, int b, int depth) {
        spend();
        BtfKind kind = types.kind(a);
        if (depth <= 0 || kind != types.kind(b)) {
            return false;
        }
        return switch (kind) {
            case VOID -> true;
            case INT, FWD, FLOAT -> types.same(a, b);
            case ENUM, ENUM64 -> types.sameEnum(a, b);
            case PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, TYPE_TAG ->
                types.info(a) == types.info(b) && types.name(a) == types.name(b) && alikeAt(a, b, 2, depth);
            case ARRAY -> types.word(a, 5) == types.word(b, 5) && alikeAt(a, b, 4, depth) && alikeAt(a, b, 3, depth);
            case STRUCT, UNION, FUNC_PROTO -> types.sameButIds(a, b) && elementsAlike(a, b, kind, depth);
            case VAR, DATASEC, DECL_TAG, UNKNOWN -> false;
        };
    }

    private boolean elementsAlike(int a, int b, BtfKind kind, int depth) {
        if (kind == BtfKind.FUNC_PROTO && !alikeAt(a, b, 2, depth)) {
            return false;
        }
        for (int i = 0; i < types.vlen(a); i++) {
            if (!alikeAt(a, b, BtfWords.HEADER + i * kind.elementWords + 1, depth)) {
                return false;
            }
        }
        return true;
    }

    private boolean alikeAt(int a, int b, int word, int depth) {
        int x = types.word(a, word);
        int y = types.word(b, word);
        return x == y || alike(x, y, depth - 1);
    }

    private boolean isGraph(int id) {
        return types.kind(id).isComposite() || types.kind(id) == BtfKind.TYPEDEF;
    }

    /** The assumptions of a question that was answered with yes become knowledge about structs. */
    private void keep() {
        for (int i = 0; i < touchedCount; i++) {
            int theirs = resolve(touched[i]);
            int ours = resolve(assumed[touched[i]]);
            boolean forward = types.kind(ours) == BtfKind.FWD;
            boolean theirForward = types.kind(theirs) == BtfKind.FWD;
            if (theirForward && !forward) {
                map[theirs] = ours;
            }
            if (onlyForwards) {
                continue;
            }
            if (forward && !theirForward) {
                map[ours] = theirs;
            } else if (isGraph(ours) && !theirForward && map[theirs] >= 0 && map[ours] < 0) {
                map[ours] = theirs;
            }
        }
    }
}
