package dev.ebpf4j.btf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Essential names: the text before the last {@code ___} that stands between two characters other than {@code _}.
 *
 * <p>{@code task_struct___v2} is a flavour of {@code task_struct}; {@code a____b} and {@code ___b} have no flavour.
 */
final class BtfNames {
    /** Longer names are no identifiers (the kernel stops at 511 bytes) and match nothing by essential name. */
    static final int LONGEST = 4096;

    private static final int HASHED = 64;

    private BtfNames() {}

    static String essential(String name) {
        byte[] bytes = terminated(name);
        int length = essentialLength(bytes, 0);
        return length < 0 || length == bytes.length - 1 ? name : new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** The bytes of a name as they stand in a string section, without the NUL. */
    static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** Length of the essential name of the NUL-terminated string at {@code from}; -1 if longer than {@link #LONGEST}. */
    static int essentialLength(byte[] bytes, int from) {
        int flavour = -1;
        int underscores = 0;
        int at = from;
        for (; bytes[at] != 0; at++) {
            if (bytes[at] == '_') {
                underscores++;
            } else {
                if (underscores == 3 && at - 3 > from) {
                    flavour = at - 3;
                }
                underscores = 0;
            }
            if (at - from == LONGEST) {
                return -1;
            }
        }
        return (flavour < 0 ? at : flavour) - from;
    }

    /**
     * A hash that a name shares with its essential name, over at most {@link #HASHED} bytes.
     *
     * <p>It stops before the first {@code ___} that has something before it: all flavours have the same up to there.
     */
    static int hash(byte[] bytes, int from) {
        int hash = 0;
        int limit = from + HASHED;
        for (int at = from; at < limit && bytes[at] != 0; at++) {
            byte b = bytes[at];
            if (b == '_' && at > from && bytes[at + 1] == '_' && bytes[at + 2] == '_') {
                break;
            }
            hash = 31 * hash + b;
        }
        return spread(hash);
    }

    private static int spread(int hash) {
        int mixed = hash * 0x9e3779b9;
        return mixed ^ (mixed >>> 16);
    }

    /** UTF-8 with a NUL behind; a NUL inside ends the name, as it would in a string section. */
    static byte[] terminated(String name) {
        byte[] bytes = bytes(name);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
