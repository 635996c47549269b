package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import java.util.List;

/**
 * Whether what one object declares is what another one defines. Modifiers, signs and names of parameters do not count, nor do the
 * lengths of arrays, which a declaration may leave out; behind a pointer only kind and name do.
 */
final class LinkTypeMatch {
    private static final int DEEPEST = 64;

    private final Btf left;
    private final Btf right;

    LinkTypeMatch(Btf left, Btf right) {
        this.left = left;
        this.right = right;
    }

    boolean same(int leftId, int rightId) {
        return same(leftId, rightId, 0, false);
    }

    private boolean same(int leftId, int rightId, int depth, boolean behindPointer) {
        if (depth > DEEPEST) {
            return true;
        }
        BtfType a = left.type(left.resolve(leftId));
        BtfType b = right.type(right.resolve(rightId));
        if (behindPointer && (a instanceof BtfType.Fwd || b instanceof BtfType.Fwd)) {
            return a.name().equals(b.name());
        }
        if (!a.getClass().equals(b.getClass())) {
            return false;
        }
        int next = depth + 1;
        return switch (a) {
            case BtfType.Int x -> b instanceof BtfType.Int y && x.size() == y.size();
            case BtfType.Float x -> b instanceof BtfType.Float y && x.size() == y.size();
            case BtfType.Ptr x ->
                b instanceof BtfType.Ptr y && (behindPointer || same(x.typeId(), y.typeId(), next, true));
            case BtfType.Array x ->
                b instanceof BtfType.Array y && same(x.elementTypeId(), y.elementTypeId(), next, behindPointer);
            case BtfType.Composite x -> b instanceof BtfType.Composite y && sameComposite(x, y, next, behindPointer);
            case BtfType.Enumeration x ->
                b instanceof BtfType.Enumeration y
                        && x.size() == y.size()
                        && x.name().equals(y.name());
            case BtfType.FuncProto x -> b instanceof BtfType.FuncProto y && sameProto(x, y, next);
            case BtfType.Func x -> b instanceof BtfType.Func y && same(x.typeId(), y.typeId(), next, false);
            case BtfType.Var x -> b instanceof BtfType.Var y && same(x.typeId(), y.typeId(), next, false);
            default -> a.name().equals(b.name());
        };
    }

    private boolean sameComposite(BtfType.Composite a, BtfType.Composite b, int depth, boolean behindPointer) {
        if (!a.name().equals(b.name())) {
            return false;
        }
        if (behindPointer) {
            return true;
        }
        List<BtfType.Member> ours = a.members();
        List<BtfType.Member> theirs = b.members();
        if (a.size() != b.size() || ours.size() != theirs.size()) {
            return false;
        }
        for (int i = 0; i < ours.size(); i++) {
            BtfType.Member x = ours.get(i);
            BtfType.Member y = theirs.get(i);
            boolean place = x.bitOffset() == y.bitOffset() && x.bitfieldSize() == y.bitfieldSize();
            if (!place || !x.name().equals(y.name()) || !same(x.typeId(), y.typeId(), depth, false)) {
                return false;
            }
        }
        return true;
    }

    private boolean sameProto(BtfType.FuncProto a, BtfType.FuncProto b, int depth) {
        if (a.params().size() != b.params().size() || !same(a.returnTypeId(), b.returnTypeId(), depth, false)) {
            return false;
        }
        for (int i = 0; i < a.params().size(); i++) {
            if (!same(a.params().get(i).typeId(), b.params().get(i).typeId(), depth, false)) {
                return false;
            }
        }
        return true;
    }
}
