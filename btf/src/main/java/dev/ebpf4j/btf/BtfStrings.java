package dev.ebpf4j.btf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A string section; that of a split BTF continues its base's. Every offset below {@link #end} starts a string. */
final class BtfStrings {
    private final @Nullable BtfStrings base;
    private final int start;
    private final byte[] bytes;

    BtfStrings(@Nullable BtfStrings base, byte[] bytes) {
        this.base = base;
        this.start = base == null ? 0 : base.end();
        this.bytes = bytes;
        check();
    }

    private void check() {
        if (bytes.length == 0 && base != null) {
            return;
        }
        if (bytes.length == 0 || bytes[bytes.length - 1] != 0) {
            throw new BtfFormatException(
                    "strings", Math.max(0, bytes.length - 1), "an unterminated section", "a final NUL");
        }
        if (base == null && bytes[0] != 0) {
            throw new BtfFormatException("strings", 0, "byte " + bytes[0], "the empty string");
        }
        if ((long) start + bytes.length > Integer.MAX_VALUE) {
            throw new BtfFormatException("strings", 0, "more than 2 GiB with the base", "less");
        }
    }

    /** First offset behind this section. */
    int end() {
        return start + bytes.length;
    }

    /** First offset of this section: 0, or where its base ends. */
    int start() {
        return start;
    }

    byte[] bytes() {
        return bytes;
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
        int from = offset - start;
        int to = from + name.length;
        return to < bytes.length && bytes[to] == 0 && Arrays.equals(bytes, from, to, name, 0, name.length);
    }

    /** Whether the string at a checked offset has this essential name. */
    boolean isEssentially(int offset, byte[] essential) {
        if (offset < start && base != null) {
            return base.isEssentially(offset, essential);
        }
        int from = offset - start;
        int to = from + essential.length;
        return to < bytes.length
                && Arrays.equals(bytes, from, to, essential, 0, essential.length)
                && BtfNames.essentialLength(bytes, from) == essential.length;
    }

    /** {@link BtfNames#hash} of the string at a checked offset. */
    int hash(int offset) {
        return offset < start && base != null ? base.hash(offset) : BtfNames.hash(bytes, offset - start);
    }

    /** Every string of this section itself with its offset, in order. */
    void forEach(BiConsumer<String, Integer> action) {
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
        return other instanceof BtfStrings s && start == s.start && Arrays.equals(bytes, s.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
