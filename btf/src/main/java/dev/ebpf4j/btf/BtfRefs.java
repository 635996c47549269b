package dev.ebpf4j.btf;

import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/** Where in the words of a type the names and the ids of other types stand. */
final class BtfRefs {
    private BtfRefs() {}

    /** Calls with the index of every word that is the offset of a name. */
    static void forEachName(int[] words, int at, IntConsumer action) {
        action.accept(at);
        BtfKind kind = kind(words, at);
        switch (kind) {
            case STRUCT, UNION, ENUM, ENUM64, FUNC_PROTO -> forEachElement(words, at, kind, 0, action);
            default -> {}
        }
    }

    /** Calls with the index of every word that is a type id. */
    static void forEachType(int[] words, int at, IntConsumer action) {
        BtfKind kind = kind(words, at);
        switch (kind) {
            case PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, VAR, DECL_TAG, TYPE_TAG -> action.accept(at + 2);
            case ARRAY -> {
                action.accept(at + 3);
                action.accept(at + 4);
            }
            case STRUCT, UNION -> forEachElement(words, at, kind, 1, action);
            case FUNC_PROTO -> {
                action.accept(at + 2);
                forEachElement(words, at, kind, 1, action);
            }
            case DATASEC -> forEachElement(words, at, kind, 0, action);
            case VOID, INT, ENUM, ENUM64, FWD, FLOAT -> {}
            case UNKNOWN ->
                throw new BtfFormatException(
                        "types", -1, "a type of the unknown kind " + BtfWords.kind(words[at + 1]), "a known kind");
        }
    }

    private static void forEachElement(int[] words, int at, BtfKind kind, int word, IntConsumer action) {
        int end = at + BtfWords.length(words[at + 1]);
        for (int element = at + BtfWords.HEADER + kind.infoWords; element < end; element += kind.elementWords) {
            action.accept(element + word);
        }
    }

    /** Replaces names and ids of one type in place. */
    static void rewrite(int[] words, int at, IntUnaryOperator names, IntUnaryOperator ids) {
        forEachType(words, at, i -> words[i] = ids.applyAsInt(words[i]));
        forEachName(words, at, i -> words[i] = names.applyAsInt(words[i]));
    }

    static BtfKind kind(int[] words, int at) {
        return BtfKind.of(BtfWords.kind(words[at + 1]));
    }
}
