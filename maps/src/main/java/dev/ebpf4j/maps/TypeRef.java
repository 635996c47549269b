package dev.ebpf4j.maps;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.error.MissingObjectException;
import java.util.List;
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
     * @param btf where to look
     * @param name its C name
     * @throws MissingObjectException if {@code btf} has none
     */
    public static TypeRef named(Btf btf, String name) {
        int[] candidates = btf.findAll(name);
        for (int id : candidates) {
            BtfType type = btf.type(btf.resolve(id));
            if (!(type instanceof BtfType.Fwd) && !(type instanceof BtfType.Func) && !(type instanceof BtfType.Var)) {
                return new TypeRef("type " + name, btf, id, btf.sizeOf(id));
            }
        }
        throw new MissingObjectException("the BTF", "type", name, List.of());
    }
}
