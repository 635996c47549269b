package dev.ebpf4j.codec;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.CloseNames;
import dev.ebpf4j.error.MissingObjectException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A C type that bytes have, as far as it is known.
 *
 * @param what whose bytes they are, for messages: {@code value of map 'counts'}
 * @param btf the BTF that describes it, or null where there is none
 * @param typeId the type's id in {@code btf}; not used where that is null
 * @param size bytes
 */
public record TypeRef(String what, @Nullable Btf btf, int typeId, int size) {
    /**
     * {@return bytes of which only the size is known}
     *
     * @param what whose bytes they are
     * @param size how many
     */
    public static TypeRef ofSize(String what, int size) {
        return new TypeRef(what, null, 0, size);
    }

    /**
     * {@return the struct, union, enum, typedef or integer called {@code name}}
     *
     * @param btf where to look, such as {@code spec.btf()}; null if the object has none
     * @param name its C name
     * @throws MissingObjectException if {@code btf} has none, or is null
     */
    public static TypeRef named(@Nullable Btf btf, String name) {
        if (btf == null) {
            throw new MissingObjectException(
                    name,
                    "no type '" + name + "': the object has no BTF; compile it with -g, and link it without strip");
        }
        int[] candidates = btf.findAll(name);
        for (int id : candidates) {
            BtfType type = btf.type(btf.resolve(id));
            if (!(type instanceof BtfType.Fwd) && !(type instanceof BtfType.Func) && !(type instanceof BtfType.Var)) {
                return new TypeRef("type " + name, btf, id, btf.sizeOf(id));
            }
        }
        List<String> close = CloseNames.closest(name, names(btf));
        throw new MissingObjectException(
                name,
                "the BTF has no type '" + name + "'"
                        + (close.isEmpty() ? "" : "; close names: " + String.join(", ", close))
                        + "; clang keeps a type only if a program, map or global variable uses it, as does\n"
                        + "  const struct " + name + " *unused_" + name + " __attribute__((unused));");
    }

    /** {@return whether it is a struct with a {@code bpf_spin_lock}, whose values can be read and written under that lock} */
    public boolean hasSpinLock() {
        return Members.haveLock(this);
    }

    private static Set<String> names(Btf btf) {
        Set<String> names = new LinkedHashSet<>();
        for (int id = 1; id < btf.typeCount(); id++) {
            switch (btf.kind(id)) {
                case STRUCT, UNION, ENUM, ENUM64, TYPEDEF, INT, FLOAT -> names.add(btf.name(id));
                default -> {}
            }
        }
        return names;
    }
}
