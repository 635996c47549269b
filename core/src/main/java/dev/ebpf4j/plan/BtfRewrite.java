package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfType;
import java.util.EnumSet;
import java.util.Set;

/** Replaces types of one BTF in place: ids and string offsets stay, so that nothing that refers to them changes. */
final class BtfRewrite {
    private BtfRewrite() {}

    /** Gives the replacement of a type, perhaps with the help of types that it adds. */
    @FunctionalInterface
    interface Change {
        BtfType apply(BtfType type, BtfBuilder builder);
    }

    /** Returns the BTF with every type of some kinds changed; the same one if that changes nothing. */
    static Btf replace(Btf btf, Set<BtfKind> kinds, Change change) {
        BtfBuilder builder = BtfBuilder.of(btf);
        boolean changed = false;
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            if (kinds.contains(btf.kind(id))) {
                BtfType old = btf.type(id);
                BtfType replacement = change.apply(old, builder);
                if (!replacement.equals(old)) {
                    builder.set(id, replacement);
                    changed = true;
                }
            }
        }
        return changed ? builder.build() : btf;
    }

    /** Returns the kinds that a BTF has. */
    static Set<BtfKind> kinds(Btf btf) {
        Set<BtfKind> kinds = EnumSet.noneOf(BtfKind.class);
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            kinds.add(btf.kind(id));
        }
        return kinds;
    }
}
