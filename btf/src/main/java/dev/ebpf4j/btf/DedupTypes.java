package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A private copy of a BTF's types and of its base's, in which equal names have equal numbers: what {@link BtfDedup}
 * compares and rewrites.
 */
final class DedupTypes {
    private final Btf source;
    private final int[] words;
    private final int[] starts;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    DedupTypes(Btf source) {
        this.source = source;
        this.starts = new int[source.typeCount() + 1];
        this.words = copy();
        number("");
        CopiedNames copied = new CopiedNames(source, this::number);
        for (int id = 1; id < source.typeCount(); id++) {
            BtfRefs.forEachName(words, starts[id], i -> words[i] = copied.applyAsInt(words[i]));
        }
    }

    private int[] copy() {
        long length = 0;
        for (Btf btf = source; btf != null; btf = btf.base()) {
            btf.checked();
            length += btf.wordCount();
        }
        if (length > Integer.MAX_VALUE) {
            throw new BtfFormatException("types", -1, length + " words with the base", "less than 2^31");
        }
        int[] all = new int[(int) length];
        int at = 0;
        for (int id = 1; id < source.typeCount(); id++) {
            int[] own = source.wordsOf(id);
            starts[id] = at;
            System.arraycopy(own, 0, all, at, own.length);
            at += own.length;
        }
        starts[source.typeCount()] = at;
        return all;
    }

    private int number(String name) {
        Integer known = numbers.putIfAbsent(name, names.size());
        if (known == null) {
            names.add(name);
        }
        return known == null ? names.size() - 1 : known;
    }

    /** The text behind a name in the words. */
    String text(int number) {
        return names.get(number);
    }

    int count() {
        return source.typeCount();
    }

    int[] words() {
        return words;
    }

    /** The index of a type's first word. */
    int at(int id) {
        return starts[id];
    }

    int[] copyOf(int id) {
        return Arrays.copyOfRange(words, starts[id], starts[id + 1]);
    }

    BtfKind kind(int id) {
        return id == 0 ? BtfKind.VOID : BtfRefs.kind(words, starts[id]);
    }

    int name(int id) {
        return id == 0 ? 0 : words[starts[id]];
    }

    int info(int id) {
        return words[starts[id] + 1];
    }

    boolean flag(int id) {
        return BtfWords.flag(info(id));
    }

    /** The word at a place in a type. */
    int word(int id, int place) {
        return words[starts[id] + place];
    }

    int vlen(int id) {
        return BtfWords.vlen(info(id));
    }

    boolean isEnumForward(int id) {
        return kind(id).isEnum() && vlen(id) == 0;
    }

    /** Whether all words are the same, ids included. */
    boolean same(int a, int b) {
        return Arrays.equals(words, starts[a], starts[a + 1], words, starts[b], starts[b + 1]);
    }

    /** The same enum, or one is the forward declaration of the other: then size and width do not count. */
    boolean sameEnum(int a, int b) {
        return (isEnumForward(a) || isEnumForward(b))
                ? name(a) == name(b) && kind(a).isEnum() && kind(b).isEnum()
                : same(a, b);
    }

    /** The same header, and the same names, places and widths of members, or the same names of parameters. */
    boolean sameButIds(int a, int b) {
        if (info(a) != info(b) || name(a) != name(b)) {
            return false;
        }
        BtfKind kind = kind(a);
        boolean typed = kind == BtfKind.FUNC_PROTO || kind == BtfKind.TYPEDEF;
        if (!typed && word(a, 2) != word(b, 2)) {
            return false;
        }
        int end = starts[a + 1] - starts[a];
        for (int i = BtfWords.HEADER; i < end; i += kind.elementWords) {
            if (word(a, i) != word(b, i) || (!typed && word(a, i + 2) != word(b, i + 2))) {
                return false;
            }
        }
        return true;
    }

    /** A hash of all words. */
    int hash(int id) {
        int hash = 1;
        for (int i = starts[id]; i < starts[id + 1]; i++) {
            hash = 31 * hash + words[i];
        }
        return spread(hash);
    }

    /** A hash of what forward declarations and full definitions of an enum have in common. */
    int enumHash(int id) {
        return spread(31 * name(id) + 6);
    }

    /** A hash of what {@link #sameButIds} compares. */
    int shallowHash(int id) {
        int hash = 31 * (31 * name(id) + info(id)) + (kind(id) == BtfKind.TYPEDEF ? 0 : word(id, 2));
        int end = starts[id + 1] - starts[id];
        for (int i = BtfWords.HEADER; i < end; i += 3) {
            hash = 31 * (31 * hash + word(id, i)) + word(id, i + 2);
        }
        return spread(hash);
    }

    private static int spread(int hash) {
        int mixed = hash * 0x9e3779b9;
        return mixed ^ (mixed >>> 15);
    }
}
