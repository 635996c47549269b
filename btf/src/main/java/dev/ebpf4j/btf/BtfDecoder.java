package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes to a table: finds where each type starts; what its elements refer to is checked when one is asked for. */
final class BtfDecoder {
    private static final int AT_ONCE = 64;
    private static final int WINDOW = 4096;
    private static final int FUNC = BtfKind.FUNC.number;
    private static final int[] FIXED = new int[BtfKind.KNOWN];
    private static final int[] PER_ELEMENT = new int[BtfKind.KNOWN];

    static {
        for (int number = 0; number < BtfKind.KNOWN; number++) {
            FIXED[number] = BtfWords.HEADER + BtfKind.of(number).infoWords;
            PER_ELEMENT[number] = BtfKind.of(number).elementWords;
        }
    }

    private final BtfHeader header;
    private final IntBuffer words;
    private final byte[] layout;
    private final BtfStrings strings;

    /** The words from {@link #windowStart} on: arrays are read faster than buffers as long as code is interpreted. */
    private final int[] window;

    private int windowStart;
    private int windowEnd;
    private int at;
    private int count;
    private int[] offsets;
    private int namedCount;
    private int[] named;

    private BtfDecoder(ByteBuffer bytes, @Nullable Btf base, boolean inPlace) {
        this.header = BtfHeader.read(bytes);
        IntBuffer given = slice(bytes, header.types()).asIntBuffer();
        this.words = inPlace ? given : copy(given);
        this.layout = new byte[header.layout().length()];
        slice(bytes, header.layout()).get(layout);
        BtfStrings before = base == null ? null : base.strings();
        this.strings = new BtfStrings(before, slice(bytes, header.strings()), inPlace);
        this.offsets = new int[words.limit() / 5 + 1];
        this.named = new int[offsets.length / 8 + AT_ONCE];
        this.window = new int[Math.min(WINDOW, words.limit())];
    }

    /**
     * Reads a table.
     *
     * @param inPlace whether the table may go on reading the input, which then never changes
     */
    static Btf decode(ByteBuffer input, @Nullable Btf base, boolean inPlace) {
        BtfDecoder decoder = new BtfDecoder(input.slice(), base, inPlace);
        if (base != null && base.byteOrder() != decoder.header.order()) {
            throw new BtfFormatException("header", 0, decoder.header.order().toString(), "the byte order of the base");
        }
        return new Btf(base, decoder.header, decoder.words, decoder.scan(), decoder.strings, decoder.layout);
    }

    private BtfStarts scan() {
        while (at < words.limit()) {
            if (windowEnd - at < BtfWords.HEADER) {
                moveWindow();
            }
            scanSome();
        }
        return new BtfStarts(Arrays.copyOf(offsets, count), Arrays.copyOf(named, namedCount));
    }

    private void moveWindow() {
        windowStart = at;
        int length = Math.min(window.length, words.limit() - at);
        words.get(at, window, 0, length);
        windowEnd = at + length;
    }

    /** A part of a long loop: a method that is called often is compiled far sooner than a loop that runs long. */
    @SuppressWarnings("ShortCircuitBoolean") // a branch less
    private void scanSome() {
        int[] w = window;
        int start = windowStart;
        int room = windowEnd - BtfWords.HEADER;
        int limit = words.limit();
        int names = strings.end();
        int from = at;
        int slot = count;
        int end = Math.min(offsets.length, slot + AT_ONCE);
        int[] withNames = named;
        int n = namedCount;
        boolean usual = true;
        while (slot < end && from <= room) {
            int info = w[from - start + 1];
            int kind = BtfWords.kind(info);
            int name = w[from - start];
            if (kind == 0 || kind >= BtfKind.KNOWN || name < 0 || name >= names || w[from - start + 2] < 0) {
                usual = false;
                break;
            }
            int next = from + FIXED[kind] + BtfWords.vlen(info) * PER_ELEMENT[kind];
            if (next > limit) {
                usual = false;
                break;
            }
            // written always and counted where it counts: no branch to mispredict
            withNames[n] = slot;
            n += name != 0 & kind != FUNC ? 1 : 0;
            offsets[slot++] = from;
            from = next;
        }
        at = from;
        count = slot;
        namedCount = n;
        grow();
        if (!usual || (from < limit && limit - from < BtfWords.HEADER)) {
            scanUnusual();
        }
    }

    private void grow() {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count + count / 2 + 1);
        }
        if (namedCount + AT_ONCE >= named.length) {
            named = Arrays.copyOf(named, 2 * named.length);
        }
    }

    /** A type that is broken or of an unknown kind. */
    private void scanUnusual() {
        if (words.limit() - at < BtfWords.HEADER) {
            throw bad(at, words.limit() - at + " words left", "a type header of 3 words");
        }
        if (!strings.contains(words.get(at))) {
            throw bad(at, "name offset " + Integer.toUnsignedString(words.get(at)), "less than " + strings.end());
        }
        long length = length(at);
        if (length > words.limit() - at) {
            throw bad(at, "a type of " + 4 * length + " bytes", "at most the " + 4 * (words.limit() - at) + " left");
        }
        if (words.get(at + 2) < 0 && BtfWords.kind(words.get(at + 1)) < BtfKind.KNOWN) {
            throw bad(
                    at + 2,
                    "size or type id " + Integer.toUnsignedString(words.get(at + 2)),
                    "at most " + Integer.MAX_VALUE);
        }
        if (words.get(at) != 0) {
            named[namedCount++] = count;
        }
        offsets[count++] = at;
        at += (int) length;
    }

    private long length(int at) {
        int info = words.get(at + 1);
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

    private static IntBuffer copy(IntBuffer words) {
        int[] copy = new int[words.limit()];
        words.get(copy);
        return IntBuffer.wrap(copy);
    }

    private static BtfFormatException bad(int word, String found, String expected) {
        return new BtfFormatException("types", 4L * word, found, expected);
    }
}
