package dev.ebpf4j.btf;

import java.util.function.IntUnaryOperator;

/**
 * A BTF made out of another one, and where its types went.
 *
 * @param btf the new table
 * @param ids ids in the old table to ids in the new one, 0 staying 0; an id that the old one does not have is an
 *     {@link IllegalArgumentException}
 */
public record BtfMapping(Btf btf, IntUnaryOperator ids) {

    /** An old id per place; -1 where there is no such type any more. */
    static IntUnaryOperator of(int[] newIds) {
        return id -> {
            if (id < 0 || id >= newIds.length || newIds[id] < 0) {
                throw new IllegalArgumentException("no type of the id " + id);
            }
            return newIds[id];
        };
    }
}
