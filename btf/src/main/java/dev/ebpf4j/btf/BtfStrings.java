package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A string section; that of a split BTF continues its base's. Every offset below {@link #end} starts a string. */
final class BtfStrings {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final @Nullable BtfStrings base;
    private final int start;
    private final int length;
    private final ByteBuffer source;
    private volatile byte @Nullable [] copy;

    /**
     * @param lasting whether the bytes never change: then they are copied when first asked for, and not before
     */
    BtfStrings(@Nullable BtfStrings base, ByteBuffer bytes, boolean lasting) {
        this.base = base;
        this.start = base == null ? 0 : base.end();
        this.length = bytes.limit();
        check(bytes);
        this.source = lasting ? bytes : NOTHING;
        this.copy = lasting ? null : copy(bytes);
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.limit()];
        bytes.get(0, copy);
        return copy;
    }

    private void check(ByteBuffer bytes) {
        if (length == 0 && base != null) {
            return;
        }
        if (length == 0 || bytes.get(length - 1) != 0) {
            throw new BtfFormatException("strings", Math.max(0, length - 1), "an unterminated section", "a final NUL");
        }
        if (base == null && bytes.get(0) != 0) {
            throw new BtfFormatException("strings", 0, "byte " + bytes.get(0), "the empty string");
        }
        if ((long) start + length > Integer.MAX_VALUE) {
            throw new BtfFormatException("strings", 0, "more than 2 GiB with the base", "less");
        }
    }

    /** First offset behind this section. */
    int end() {
        return start + length;
    }

    /** First offset of this section: 0, or where its base ends. */
    int start() {
        return start;
    }

    byte[] bytes() {
        byte[] known = copy;
        if (known == null) {
            known = copy(source);
            copy = known;
        }
        return known;
    }

    boolean contains(int offset) {
        return offset >= 0 && offset < end();
    }

    String text(int offset) {
        if (!contains(offset)) {
            throw new BtfFormatException(
                    "strings", Integer.toUnsignedLong(offset), "an offset outside", "less than " + end());
        }
        if (offset < start && base != null) {
            return base.text(offset);
        }
        byte[] bytes = bytes();
        int from = offset - start;
        int to = from;
        while (bytes[to] != 0) {
            to++;
        }
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** Whether the string at a checked offset is {@code name}. */
    boolean is(int offset, byte[] name) {
        if (offset < start && base != null) {
            return base.is(offset, name);
        }
        byte[] bytes = bytes();
        int from = offset - start;
        int to = from + name.length;
        return to < bytes.length && bytes[to] == 0 && Arrays.equals(bytes, from, to, name, 0, name.length);
    }

    /** Whether the string at a checked offset has this essential name. */
    boolean isEssentially(int offset, byte[] essential) {
        if (offset < start && base != null) {
            return base.isEssentially(offset, essential);
        }
        byte[] bytes = bytes();
        int from = offset - start;
        int to = from + essential.length;
        return to < bytes.length
                && Arrays.equals(bytes, from, to, essential, 0, essential.length)
                && BtfNames.essentialLength(bytes, from) == essential.length;
    }

    /** {@link BtfNames#hash} of the string at a checked offset. */
    int hash(int offset) {
        return offset < start && base != null ? base.hash(offset) : BtfNames.hash(bytes(), offset - start);
    }

    /** Every string of this section itself with its offset, in order. */
    void forEach(BiConsumer<String, Integer> action) {
        byte[] bytes = bytes();
        for (int from = 0; from < bytes.length; ) {
            String text = text(start + from);
            action.accept(text, start + from);
            while (bytes[from] != 0) {
                from++;
            }
            from++;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BtfStrings s && start == s.start && Arrays.equals(bytes(), s.bytes());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes());
    }
}
