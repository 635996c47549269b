package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes to a checked table: one pass finds where each type starts, one checks what each refers to. */
final class BtfDecoder {
    private final BtfHeader header;
    private final int[] words;
    private final byte[] layout;
    private final BtfStrings strings;
    private final int firstId;

    private BtfDecoder(ByteBuffer bytes, @Nullable Btf base) {
        this.header = BtfHeader.read(bytes);
        this.words = new int[header.types().length() / 4];
        slice(bytes, header.types()).asIntBuffer().get(words);
        this.layout = copy(bytes, header.layout());
        this.strings = new BtfStrings(base == null ? null : base.strings(), copy(bytes, header.strings()));
        this.firstId = base == null ? 1 : base.typeCount();
    }

    static Btf decode(ByteBuffer input, @Nullable Btf base) {
        BtfDecoder decoder = new BtfDecoder(input.slice(), base);
        if (base != null && base.byteOrder() != decoder.header.order()) {
            throw new BtfFormatException("header", 0, decoder.header.order().toString(), "the byte order of the base");
        }
        int[] offsets = decoder.index();
        new BtfChecker(decoder.words, offsets, decoder.strings, decoder.firstId).check();
        return new Btf(base, decoder.header, decoder.words, offsets, decoder.strings, decoder.layout);
    }

    /** Word offset of each type. */
    private int[] index() {
        int[] offsets = new int[words.length / 5 + 1];
        int count = 0;
        for (int at = 0; at < words.length; ) {
            if (words.length - at < BtfWords.HEADER) {
                throw bad(at, words.length - at + " words left", "a type header of 3 words");
            }
            long next = at + length(at);
            if (next > words.length) {
                throw bad(
                        at,
                        "a type of " + 4 * (next - at) + " bytes",
                        "at most the " + 4 * (words.length - at) + " left");
            }
            offsets = count == offsets.length ? Arrays.copyOf(offsets, Math.addExact(count, count / 2 + 1)) : offsets;
            offsets[count++] = at;
            at = (int) next;
        }
        return Arrays.copyOf(offsets, count);
    }

    private long length(int at) {
        int info = words[at + 1];
        int number = BtfWords.kind(info);
        long vlen = BtfWords.vlen(info);
        if (number == 0) {
            throw bad(at, "kind 0", "a kind from 1 on");
        }
        if (number < BtfKind.KNOWN) {
            BtfKind kind = BtfKind.of(number);
            return BtfWords.HEADER + kind.infoWords + vlen * kind.elementWords;
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
