package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers out of data, and whether a value is nothing but zeroes. */
final class BtfZeroes {
    private static final int MAX_STEPS = 1 << 24;

    private final Btf btf;
    private final ByteBuffer data;
    private int steps;

    BtfZeroes(Btf btf, ByteBuffer data) {
        this.btf = btf;
        this.data = data;
    }

    /** An unsigned number of up to 8 bytes. */
    long number(int size, long at) {
        if (at < 0 || size < 0 || at + size > data.limit()) {
            throw new BtfFormatException(
                    "types", -1, "a value at byte " + at + ", " + size + " bytes", "one inside of " + data.limit());
        }
        if (size > 8) {
            throw new BtfFormatException("types", -1, "a number of " + size + " bytes", "8 at most");
        }
        boolean little = data.order() == ByteOrder.LITTLE_ENDIAN;
        long number = 0;
        for (int i = 0; i < size; i++) {
            number = (number << 8) | (data.get((int) at + (little ? size - 1 - i : i)) & 0xff);
        }
        return number;
    }

    /** The bits of a bitfield, whose container of {@code size} bytes starts at {@code at}. */
    long bits(int size, long at, int bit, int bits) {
        int bytes = Math.min(8, Math.max(1, size));
        boolean little = data.order() == ByteOrder.LITTLE_ENDIAN;
        int needed = (bit + bits + 7) / 8;
        long left = Math.max(0, data.limit() - at);
        int read = (int) Math.min(little ? Math.max(bytes, Math.min(8, needed)) : bytes, left);
        if (read < needed && read < bytes) {
            throw new BtfFormatException("types", -1, "a bitfield at byte " + at, "one inside of " + data.limit());
        }
        int above = little ? bit + bits : 8 * read - bit;
        if (bits > 64 || above > 64 || above < bits) {
            throw new BtfFormatException("types", -1, "a bitfield of " + bits + " bits at " + bit, "64 bits at most");
        }
        return number(read, at) << (64 - above) >>> (64 - bits);
    }

    /** Whether all of a value is zero; of text, whether it is empty. */
    boolean isZero(int id, long at, int bit, int bits) {
        return isZero(id, at, bit, bits, 0);
    }

    private boolean isZero(int id, long at, int bit, int bits, int depth) {
        if (++steps > MAX_STEPS || depth > BtfSizes.DEPTH) {
            throw new BtfFormatException("types", -1, "type " + id + " with more parts than can be printed", "fewer");
        }
        return switch (btf.type(btf.resolve(id))) {
            case BtfType.Int type -> bits > 0 ? bits(type.size(), at, bit, bits) == 0 : noneSet(at, type.size());
            case BtfType.Enumeration type ->
                bits > 0 ? bits(type.size(), at, bit, bits) == 0 : noneSet(at, type.size());
            case BtfType.Ptr _ -> noneSet(at, btf.pointerSize());
            case BtfType.Float type -> noneSet(at, type.size());
            case BtfType.Array type -> arrayIsZero(type, at, depth);
            case BtfType.Composite type -> compositeIsZero(type, at, depth);
            case BtfType _ -> false;
        };
    }

    private boolean noneSet(long at, int size) {
        for (int i = 0; i < size; i += 8) {
            if (number(Math.min(8, size - i), at + i) != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean arrayIsZero(BtfType.Array type, long at, int depth) {
        int size = btf.sizeOf(type.elementTypeId());
        boolean text = size == 1 && btf.type(btf.resolve(type.elementTypeId())) instanceof BtfType.Int;
        if (text && type.count() > 0) {
            return number(1, at) == 0;
        }
        for (long i = 0; size > 0 && i < type.count(); i++) {
            if (!isZero(type.elementTypeId(), at + i * size, 0, 0, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private boolean compositeIsZero(BtfType.Composite type, long at, int depth) {
        for (BtfType.Member member : type.members()) {
            long from = at + member.bitOffset() / 8;
            if (!isZero(member.typeId(), from, member.bitOffset() % 8, member.bitfieldSize(), depth + 1)) {
                return false;
            }
        }
        return true;
    }
}
