package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfType;
import java.util.function.Predicate;

/** Replaces types of one BTF in place: ids and string offsets stay, so that nothing that refers to them changes. */
final class BtfRewrite {
    private BtfRewrite() {}

    /** Gives the replacement of a type, perhaps with the help of types that it adds. */
    @FunctionalInterface
    interface Change {
        BtfType apply(BtfType type, BtfBuilder builder);
    }

    /** Returns the BTF with every type of a kind changed; the same one if that changes nothing. */
    static Btf replace(Btf btf, BtfKind kind, Change change) {
        if (!has(btf, kind)) {
            return btf;
        }
        BtfBuilder builder = BtfBuilder.of(btf);
        boolean changed = false;
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            if (btf.kind(id) == kind) {
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

    static boolean has(Btf btf, BtfKind kind) {
        return has(btf, kind, type -> true);
    }

    /** Whether there is a type of a kind that a condition holds for. */
    static boolean has(Btf btf, BtfKind kind, Predicate<BtfType> condition) {
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            if (btf.kind(id) == kind && condition.test(btf.type(id))) {
                return true;
            }
        }
        return false;
    }
}
