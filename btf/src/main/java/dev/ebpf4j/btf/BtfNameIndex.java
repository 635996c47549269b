package dev.ebpf4j.btf;

import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * A hash table from essential names to the ids of one BTF's own functions, or of all its other types, without an object
 * per type. The two are apart since four of five names of a kernel are functions, which CO-RE never asks for.
 *
 * <p>Exact look-ups walk the same chains: a name and its flavours share one.
 */
final class BtfNameIndex {
    private static final int AT_ONCE = 64;

    private final IntBuffer words;
    private final int[] offsets;
    private final int[] slots;
    private final BtfStrings strings;
    private final int first;
    private final int[] heads;
    private final int[] next;

    /**
     * Hashes every name once; the hash looks at a bounded part of it.
     *
     * @param slots positions in {@code offsets} of the types to be found, ascending
     */
    BtfNameIndex(IntBuffer words, int[] offsets, int[] slots, BtfStrings strings, int first) {
        this.words = words;
        this.offsets = offsets;
        this.slots = slots;
        this.strings = strings;
        this.first = first;
        this.heads = new int[Integer.highestOneBit(Math.max(16, slots.length))];
        this.next = new int[slots.length];
        for (int end = slots.length; end > 0; end -= AT_ONCE) {
            link(Math.max(0, end - AT_ONCE), end);
        }
    }

    /** Positions of the functions among types. */
    static int[] functions(IntBuffer words, int[] offsets) {
        int[] found = new int[offsets.length];
        int count = 0;
        for (int slot = 0; slot < offsets.length; slot++) {
            if (BtfWords.kind(words.get(offsets[slot] + 1)) == BtfKind.FUNC.number) {
                found[count++] = slot;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** A part of a long loop: a method that is called often is compiled far sooner than a loop that runs long. */
    private void link(int from, int end) {
        int mask = heads.length - 1;
        for (int i = end - 1; i >= from; i--) {
            int head = strings.hash(words.get(offsets[slots[i]])) & mask;
            next[i] = heads[head];
            heads[head] = i + 1;
        }
    }

    /** Ids with exactly this name, ascending. */
    int[] exact(byte[] name) {
        int[] ids = new int[4];
        int n = 0;
        for (int i = head(name); i > 0; i = next[i - 1]) {
            if (strings.is(name(i), name)) {
                ids = n == ids.length ? Arrays.copyOf(ids, 2 * n) : ids;
                ids[n++] = first + slots[i - 1];
            }
        }
        return Arrays.copyOf(ids, n);
    }

    /** The first id with exactly this name and a record of this class; -1 when there is none. */
    int first(byte[] name, Class<? extends BtfType> type) {
        for (int i = head(name); i > 0; i = next[i - 1]) {
            if (strings.is(name(i), name) && type.isAssignableFrom(kind(i).type())) {
                return first + slots[i - 1];
            }
        }
        return -1;
    }

    /** Ids with this essential name, ascending. */
    int[] essential(byte[] name) {
        int[] ids = new int[4];
        int n = 0;
        for (int i = head(name); i > 0; i = next[i - 1]) {
            if (strings.isEssentially(name(i), name)) {
                ids = n == ids.length ? Arrays.copyOf(ids, 2 * n) : ids;
                ids[n++] = first + slots[i - 1];
            }
        }
        return Arrays.copyOf(ids, n);
    }

    private int name(int entry) {
        return words.get(offsets[slots[entry - 1]]);
    }

    private BtfKind kind(int entry) {
        return BtfKind.of(BtfWords.kind(words.get(offsets[slots[entry - 1]] + 1)));
    }

    /** Entries are positions in {@link #slots} plus 1, so that 0 ends a chain. */
    private int head(byte[] name) {
        return heads[BtfNames.hash(Arrays.copyOf(name, name.length + 1), 0) & (heads.length - 1)];
    }
}
