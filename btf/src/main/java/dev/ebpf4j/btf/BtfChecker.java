package dev.ebpf4j.btf;

import java.nio.IntBuffer;

/** Checks that every reference of a type leads somewhere, before a record is made of it. */
final class BtfChecker {
    private final IntBuffer words;
    private final int stringsEnd;
    private final int typeCount;

    BtfChecker(IntBuffer words, BtfStrings strings, int typeCount) {
        this.words = words;
        this.stringsEnd = strings.end();
        this.typeCount = typeCount;
    }

    /** The type that starts at this word; its extent, name and the sign of its third word are known to be right. */
    void check(int at) {
        int info = words.get(at + 1);
        int elements = BtfWords.vlen(info);
        switch (BtfKind.of(BtfWords.kind(info))) {
            case PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, DECL_TAG -> type(at + 2);
            case FUNC -> func(at, elements);
            case STRUCT, UNION -> composite(at, BtfWords.flag(info), elements);
            case FUNC_PROTO -> proto(at, elements);
            case ARRAY -> array(at);
            case VAR -> var(at);
            case DATASEC -> dataSec(at, elements);
            case ENUM -> enumerators(at, elements, 2);
            case ENUM64 -> enumerators(at, elements, 3);
            case INT, FLOAT, VOID, FWD, UNKNOWN -> {}
        }
    }

    private void composite(int at, boolean bitfields, int elements) {
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
    }

    private void func(int at, int linkage) {
        type(at + 2);
        linkage(at + 1, linkage);
    }

    private void var(int at) {
        type(at + 2);
        linkage(at + BtfWords.HEADER, words.get(at + BtfWords.HEADER));
    }

    private void dataSec(int at, int elements) {
        for (int i = 0, v = at + BtfWords.HEADER; i < elements; i++, v += 3) {
            type(v);
            notNegative(v + 1, "offset");
            notNegative(v + 2, "size");
        }
    }

    private void enumerators(int at, int elements, int step) {
        for (int i = 0, e = at + BtfWords.HEADER; i < elements; i++, e += step) {
            name(e);
        }
    }

    private void name(int word) {
        int offset = words.get(word);
        if (offset < 0 || offset >= stringsEnd) {
            throw bad(word, "name offset " + Integer.toUnsignedString(offset), "less than " + stringsEnd);
        }
    }

    private void type(int word) {
        int id = words.get(word);
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
        if (words.get(word) < 0) {
            throw bad(word, what + " " + Integer.toUnsignedString(words.get(word)), "at most " + Integer.MAX_VALUE);
        }
    }

    private static BtfFormatException bad(int word, String found, String expected) {
        return new BtfFormatException("types", 4L * word, found, expected);
    }
}
