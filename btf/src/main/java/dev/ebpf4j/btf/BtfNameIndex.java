package dev.ebpf4j.btf;

import java.util.Arrays;

/**
 * A hash table from essential names to the ids of one BTF's own types, without an object per type.
 *
 * <p>Exact look-ups walk the same chains: a name and its flavours share one.
 */
final class BtfNameIndex {
    private final Btf btf;
    private final int first;
    private final int[] heads;
    private final int[] next;

    /** Hashes every named type once; the hash looks at a bounded part of a name. */
    BtfNameIndex(Btf btf) {
        this.btf = btf;
        this.first = btf.firstOwnId();
        int count = btf.typeCount() - first;
        this.heads = new int[Integer.highestOneBit(Math.max(16, count)) * 2];
        this.next = new int[count];
        Arrays.fill(heads, -1);
        for (int i = count - 1; i >= 0; i--) {
            int name = btf.nameOffset(first + i);
            if (name != 0) {
                int slot = btf.strings().hash(name) & (heads.length - 1);
                next[i] = heads[slot];
                heads[slot] = i;
            }
        }
    }

    /** Ids with exactly this name, ascending. */
    int[] exact(byte[] name) {
        int[] ids = new int[4];
        int n = 0;
        for (int i = head(name); i >= 0; i = next[i]) {
            if (btf.strings().is(btf.nameOffset(first + i), name)) {
                ids = n == ids.length ? Arrays.copyOf(ids, 2 * n) : ids;
                ids[n++] = first + i;
            }
        }
        return Arrays.copyOf(ids, n);
    }

    /** The first id with exactly this name and a record of this class; -1 when there is none. */
    int first(byte[] name, Class<? extends BtfType> type) {
        for (int i = head(name); i >= 0; i = next[i]) {
            if (btf.strings().is(btf.nameOffset(first + i), name)
                    && type.isAssignableFrom(btf.kind(first + i).type())) {
                return first + i;
            }
        }
        return -1;
    }

    /** Ids with this essential name, ascending. */
    int[] essential(byte[] name) {
        int[] ids = new int[4];
        int n = 0;
        for (int i = head(name); i >= 0; i = next[i]) {
            if (btf.strings().isEssentially(btf.nameOffset(first + i), name)) {
                ids = n == ids.length ? Arrays.copyOf(ids, 2 * n) : ids;
                ids[n++] = first + i;
            }
        }
        return Arrays.copyOf(ids, n);
    }

    private int head(byte[] name) {
        return heads[BtfNames.hash(Arrays.copyOf(name, name.length + 1), 0) & (heads.length - 1)];
    }
}
