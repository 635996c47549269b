package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes to a table: finds where each type starts; what its elements refer to is checked when one is asked for. */
final class BtfDecoder {
    private static final int AT_ONCE = 64;
    private static final int[] FIXED = new int[BtfKind.KNOWN];
    private static final int[] PER_ELEMENT = new int[BtfKind.KNOWN];

    static {
        for (int number = 0; number < BtfKind.KNOWN; number++) {
            FIXED[number] = BtfWords.HEADER + BtfKind.of(number).infoWords;
            PER_ELEMENT[number] = BtfKind.of(number).elementWords;
        }
    }

    private final BtfHeader header;
    private final int[] words;
    private final byte[] layout;
    private final BtfStrings strings;
    private int at;
    private int count;
    private int[] offsets;

    private BtfDecoder(ByteBuffer bytes, @Nullable Btf base) {
        this.header = BtfHeader.read(bytes);
        this.words = new int[header.types().length() / 4];
        slice(bytes, header.types()).asIntBuffer().get(words);
        this.layout = copy(bytes, header.layout());
        this.strings = new BtfStrings(base == null ? null : base.strings(), copy(bytes, header.strings()));
        this.offsets = new int[words.length / 5 + 1];
    }

    static Btf decode(ByteBuffer input, @Nullable Btf base) {
        BtfDecoder decoder = new BtfDecoder(input.slice(), base);
        if (base != null && base.byteOrder() != decoder.header.order()) {
            throw new BtfFormatException("header", 0, decoder.header.order().toString(), "the byte order of the base");
        }
        return new Btf(base, decoder.header, decoder.words, decoder.scan(), decoder.strings, decoder.layout);
    }

    /** Word offset of each type. */
    private int[] scan() {
        while (at < words.length) {
            scanSome();
        }
        return Arrays.copyOf(offsets, count);
    }

    /** A part of a long loop: a method that is called often is compiled far sooner than a loop that runs long. */
    private void scanSome() {
        int[] w = words;
        int names = strings.end();
        int from = at;
        int slot = count;
        int end = Math.min(offsets.length, slot + AT_ONCE);
        while (slot < end && w.length - from >= BtfWords.HEADER) {
            int info = w[from + 1];
            int kind = BtfWords.kind(info);
            if (kind == 0 || kind >= BtfKind.KNOWN || w[from] < 0 || w[from] >= names || w[from + 2] < 0) {
                break;
            }
            int next = from + FIXED[kind] + BtfWords.vlen(info) * PER_ELEMENT[kind];
            if (next > w.length) {
                break;
            }
            offsets[slot++] = from;
            from = next;
        }
        at = from;
        count = slot;
        if (slot < end && from < w.length) {
            scanUnusual();
        } else if (slot == offsets.length) {
            offsets = Arrays.copyOf(offsets, slot + slot / 2 + 1);
        }
    }

    /** A type that is broken or of an unknown kind. */
    private void scanUnusual() {
        if (words.length - at < BtfWords.HEADER) {
            throw bad(at, words.length - at + " words left", "a type header of 3 words");
        }
        if (!strings.contains(words[at])) {
            throw bad(at, "name offset " + Integer.toUnsignedString(words[at]), "less than " + strings.end());
        }
        long length = length(at);
        if (length > words.length - at) {
            throw bad(at, "a type of " + 4 * length + " bytes", "at most the " + 4 * (words.length - at) + " left");
        }
        if (words[at + 2] < 0 && BtfWords.kind(words[at + 1]) < BtfKind.KNOWN) {
            throw bad(
                    at + 2,
                    "size or type id " + Integer.toUnsignedString(words[at + 2]),
                    "at most " + Integer.MAX_VALUE);
        }
        offsets[count++] = at;
        at += (int) length;
    }

    private long length(int at) {
        int info = words[at + 1];
        int number = BtfWords.kind(info);
        long vlen = BtfWords.vlen(info);
        if (number == 0) {
            throw bad(at, "kind 0", "a kind from 1 on");
        }
        if (number < BtfKind.KNOWN) {
            return FIXED[number] + vlen * PER_ELEMENT[number];
        }
        if (4 * number + 4 > layout.length) {
            throw bad(at, "kind " + number, "1 to " + (BtfKind.KNOWN - 1) + ", or a layout section that describes it");
        }
        long bytes = (layout[4 * number] & 0xff) + vlen * (layout[4 * number + 1] & 0xff);
        if (bytes % 4 != 0) {
            throw bad(at, "kind " + number + " of " + bytes + " bytes by the layout section", "a multiple of 4");
        }
        return BtfWords.HEADER + bytes / 4;
    }

    private ByteBuffer slice(ByteBuffer bytes, BtfHeader.Part part) {
        return bytes.slice(header.length() + part.offset(), part.length()).order(header.order());
    }

    private byte[] copy(ByteBuffer bytes, BtfHeader.Part part) {
        byte[] copy = new byte[part.length()];
        bytes.get(header.length() + part.offset(), copy);
        return copy;
    }

    private static BtfFormatException bad(int word, String found, String expected) {
        return new BtfFormatException("types", 4L * word, found, expected);
    }
}
