package dev.ebpf4j.btf;

/** Checks once that every reference of a type table leads somewhere, so that readers need not. */
final class BtfChecker {
    private final int[] words;
    private final int[] offsets;
    private final int stringsEnd;
    private final int typeCount;

    BtfChecker(int[] words, int[] offsets, BtfStrings strings, int firstId) {
        this.words = words;
        this.offsets = offsets;
        this.stringsEnd = strings.end();
        this.typeCount = Math.addExact(firstId, offsets.length);
    }

    void check() {
        for (int at : offsets) {
            name(at);
            int info = words[at + 1];
            int elements = BtfWords.vlen(info);
            int body = at + BtfWords.HEADER;
            switch (BtfKind.of(BtfWords.kind(info))) {
                case PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, DECL_TAG -> type(at + 2);
                case FUNC -> func(at, elements);
                case STRUCT, UNION -> composite(at, BtfWords.flag(info), elements);
                case FUNC_PROTO -> proto(at, elements);
                case ARRAY -> array(at);
                case VAR -> var(at);
                case DATASEC -> dataSec(at, elements);
                case ENUM -> enumerators(at, body, elements, 2);
                case ENUM64 -> enumerators(at, body, elements, 3);
                case INT, FLOAT -> notNegative(at + 2, "size");
                case VOID, FWD, UNKNOWN -> {}
            }
        }
    }

    private void composite(int at, boolean bitfields, int elements) {
        notNegative(at + 2, "size");
        for (int i = 0, m = at + BtfWords.HEADER; i < elements; i++, m += 3) {
            name(m);
            type(m + 1);
            if (!bitfields) {
                notNegative(m + 2, "bit offset");
            }
        }
    }

    private void proto(int at, int elements) {
        type(at + 2);
        for (int i = 0, p = at + BtfWords.HEADER; i < elements; i++, p += 2) {
            name(p);
            type(p + 1);
        }
    }

    private void array(int at) {
        type(at + BtfWords.HEADER);
        type(at + BtfWords.HEADER + 1);
        notNegative(at + BtfWords.HEADER + 2, "element count");
    }

    private void func(int at, int linkage) {
        type(at + 2);
        linkage(at + 1, linkage);
    }

    private void var(int at) {
        type(at + 2);
        linkage(at + BtfWords.HEADER, words[at + BtfWords.HEADER]);
    }

    private void dataSec(int at, int elements) {
        notNegative(at + 2, "size");
        for (int i = 0, v = at + BtfWords.HEADER; i < elements; i++, v += 3) {
            type(v);
            notNegative(v + 1, "offset");
            notNegative(v + 2, "size");
        }
    }

    private void enumerators(int at, int body, int elements, int step) {
        notNegative(at + 2, "size");
        for (int i = 0, e = body; i < elements; i++, e += step) {
            name(e);
        }
    }

    private void name(int word) {
        int offset = words[word];
        if (offset < 0 || offset >= stringsEnd) {
            throw bad(word, "name offset " + Integer.toUnsignedString(offset), "less than " + stringsEnd);
        }
    }

    private void type(int word) {
        int id = words[word];
        if (id < 0 || id >= typeCount) {
            throw bad(word, "type id " + Integer.toUnsignedString(id), "less than " + typeCount);
        }
    }

    private void linkage(int word, int linkage) {
        if (linkage < 0 || linkage >= BtfLinkage.COUNT) {
            throw bad(word, "linkage " + Integer.toUnsignedString(linkage), "static 0, global 1 or extern 2");
        }
    }

    private void notNegative(int word, String what) {
        if (words[word] < 0) {
            throw bad(word, what + " " + Integer.toUnsignedString(words[word]), "at most " + Integer.MAX_VALUE);
        }
    }

    private static BtfFormatException bad(int word, String found, String expected) {
        return new BtfFormatException("types", 4L * word, found, expected);
    }
}
