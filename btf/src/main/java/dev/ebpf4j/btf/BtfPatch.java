package dev.ebpf4j.btf;

import java.nio.IntBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replaces types where they stand, which needs no second table beside the first as long as none changes its kind, length or name. */
final class BtfPatch {
    private static final int RENAMED = -1;

    private BtfPatch() {}

    /** Returns a table's words with some types replaced; null if one of them would not fit into its place. */
    static @Nullable IntBuffer words(Btf btf, IntBuffer words, Map<Integer, ? extends BtfType> replacements) {
        int[] patched = new int[words.limit()];
        words.get(0, patched);
        for (Map.Entry<Integer, ? extends BtfType> each : replacements.entrySet()) {
            int id = each.getKey();
            if (id < btf.firstOwnId()
                    || id >= btf.typeCount()
                    || !hasOneName(each.getValue())
                    || !btf.kind(id).type().isInstance(each.getValue())) {
                return null;
            }
            String name = btf.name(id);
            int[] type =
                    new BtfEncoder(text -> text.equals(name) ? btf.nameOffset(id) : RENAMED).encode(each.getValue());
            if (type[0] == RENAMED || type.length != btf.wordsOf(id).length) {
                return null;
            }
            System.arraycopy(type, 0, patched, btf.word(id), type.length);
        }
        return IntBuffer.wrap(patched);
    }

    private static boolean hasOneName(BtfType type) {
        return type instanceof BtfType.Var || type instanceof BtfType.Func || type instanceof BtfType.DataSec;
    }
}
