package dev.ebpf4j.btf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * Prints data by its type, as C initialisers do: {@code (struct point){.x = (int)1,.y = (int)2,}}.
 *
 * <p>The form is that of libbpf's {@code btf_dump__dump_type_data}: members that are zero are left out, characters show
 * as such, enumerators by name, pointers and bitfields in hexadecimal digits.
 */
public final class BtfDump {
    private static final String INDENT = "\t";
    private static final int MAX_TEXT = 1 << 26;
    private static final int MAX_STEPS = 1 << 24;

    private final Btf btf;
    private final ByteBuffer data;
    private final Set<Option> options;
    private final BtfZeroes zeroes;
    private final StringBuilder out = new StringBuilder();
    private int depth;
    private boolean inArray;
    private boolean inText;
    private boolean ended;
    private boolean atEnd;
    private int steps;

    /** What to do differently. */
    public enum Option {
        /** All on one line. */
        COMPACT,
        /** Neither names of members nor types. */
        SKIP_NAMES,
        /** Members that are zero too. */
        EMIT_ZEROES,
        /** Arrays of characters that end with a NUL as text in quotes. */
        EMIT_STRINGS
    }

    private BtfDump(Btf btf, ByteBuffer data, Set<Option> options) {
        this.btf = btf;
        this.data = data.order(btf.byteOrder());
        this.options = options;
        this.zeroes = new BtfZeroes(btf, this.data);
    }

    /**
     * Prints a value.
     *
     * @param btf the types
     * @param typeId the type of the value; a variable or data section prints with its name
     * @param data the value's bytes; more than the size of the type is for a flexible array at its end
     * @param options what to do differently
     * @return the text
     * @throws IllegalArgumentException if there are fewer bytes than the type has
     * @throws BtfFormatException if the type has no value, contains something outside of itself, or is nested without
     *     end
     */
    public static String of(Btf btf, int typeId, byte[] data, Option... options) {
        Set<Option> set = EnumSet.noneOf(Option.class);
        set.addAll(Set.of(options));
        int size = btf.sizeOf(typeId);
        if (data.length < size) {
            throw new IllegalArgumentException(
                    "%d bytes of data for %s of %d bytes".formatted(data.length, CoReSpelling.type(btf, typeId), size));
        }
        BtfDump dump = new BtfDump(btf, ByteBuffer.wrap(data), set);
        dump.value("", typeId, 0, 0, 0);
        return dump.out.toString();
    }

    /**
     * Prints a value that lies in memory.
     *
     * @param btf the types
     * @param typeId the type of the value
     * @param data the value's bytes
     * @param options what to do differently
     * @return the text
     * @throws IllegalArgumentException if there are fewer bytes than the type has
     * @throws BtfFormatException as for the bytes of an array
     */
    public static String of(Btf btf, int typeId, MemorySegment data, Option... options) {
        return of(btf, typeId, data.toArray(ValueLayout.JAVA_BYTE), options);
    }

    private boolean is(Option option) {
        return options.contains(option);
    }

    private void value(String name, int id, long at, int bit, int bits) {
        if (++steps > MAX_STEPS || out.length() > MAX_TEXT || depth > BtfSizes.DEPTH) {
            throw new BtfFormatException("types", -1, "type " + id + " with more parts than can be printed", "fewer");
        }
        boolean rest = atEnd && id != 0 && btf.type(btf.resolve(id)) instanceof BtfType.Array a && a.count() == 0;
        atEnd = false;
        boolean shown = is(Option.EMIT_ZEROES) || depth == 0 || (inArray && !inText) || rest;
        if (!shown && zeroes.isZero(id, at, bit, bits)) {
            return;
        }
        indent();
        if (!is(Option.SKIP_NAMES)) {
            out.append(name.isEmpty() ? "" : "." + name + " = ");
            cast(id);
        }
        int real = btf.resolve(id);
        switch (btf.type(real)) {
            case BtfType.Int type -> integer(type, at, bit, bits);
            case BtfType.Ptr _ -> end("0x" + Long.toHexString(zeroes.number(btf.pointerSize(), at)));
            case BtfType.Array type -> array(type, at, count(type, real, at, rest));
            case BtfType.Composite type -> composite(type, at);
            case BtfType.Enumeration type -> enumeration(type, at, bit, bits);
            case BtfType.Float type -> end(floating(type.size(), at));
            case BtfType.Var type -> variable(type, at);
            case BtfType.DataSec type -> section(type, at);
            case BtfType _ ->
                throw new BtfFormatException(
                        "types", -1, "type " + id + " of kind " + btf.kind(real), "a type that has a value");
        }
    }

    private void indent() {
        if (!is(Option.COMPACT)) {
            out.repeat(INDENT, depth);
        }
    }

    private void cast(int id) {
        BtfKind kind = btf.kind(id);
        if (!inArray && kind != BtfKind.VAR && kind != BtfKind.DATASEC) {
            out.append('(').append(CTypeText.of(btf, id)).append(')');
        }
    }

    private String newline() {
        return is(Option.COMPACT) || depth == 0 ? "" : "\n";
    }

    /** The end of a value. */
    private void end(String text) {
        out.append(text).append(depth == 0 ? "" : ",").append(newline());
    }

    private void integer(BtfType.Int type, long at, int bit, int bits) {
        if (bits > 0) {
            end("0x" + Long.toHexString(zeroes.bits(type.size(), at, bit, bits)));
        } else if (type.size() == 16) {
            end("0x" + wide(at));
        } else if (type.size() == 1 && inText) {
            character(type, zeroes.number(1, at));
        } else {
            end(decimal(zeroes.number(type.size(), at), type.size(), type.signed()));
        }
    }

    private String wide(long at) {
        boolean little = data.order() == ByteOrder.LITTLE_ENDIAN;
        long low = zeroes.number(8, little ? at : at + 8);
        long high = zeroes.number(8, little ? at + 8 : at);
        return high == 0
                ? Long.toHexString(low)
                : Long.toHexString(high) + HexFormat.of().toHexDigits(low);
    }

    private static String decimal(long number, int size, boolean signed) {
        if (signed) {
            int unused = 64 - 8 * size;
            return Long.toString(number << unused >> unused);
        }
        return Long.toUnsignedString(number);
    }

    private void character(BtfType.Int type, long number) {
        if (ended) {
            return;
        }
        if (number == 0) {
            ended = true;
            end("'\\0'");
        } else {
            end(isPrintable(number) ? "'" + (char) number + "'" : decimal(number, 1, type.signed()));
        }
    }

    private static boolean isPrintable(long character) {
        return character >= ' ' && character <= '~';
    }

    private String floating(int size, long at) {
        return switch (size) {
            case 4 -> String.format(Locale.ROOT, "%f", Float.intBitsToFloat((int) zeroes.number(4, at)));
            case 8 -> String.format(Locale.ROOT, "%f", Double.longBitsToDouble(zeroes.number(8, at)));
            default -> "0x" + wide(at);
        };
    }

    private void enumeration(BtfType.Enumeration type, long at, int bit, int bits) {
        long raw = bits > 0 ? zeroes.bits(type.size(), at, bit, bits) : zeroes.number(type.size(), at);
        int unused = 64 - 8 * Math.min(8, type.size());
        long value = type.signed() && bits == 0 ? raw << unused >> unused : raw;
        String name = type.enumerators().stream()
                .filter(e -> e.value() == value)
                .findFirst()
                .map(BtfType.Enumerator::name)
                .orElse("");
        String suffix = type instanceof BtfType.Enum64 ? type.signed() ? "LL" : "ULL" : "";
        end(name.isEmpty() ? (type.signed() ? Long.toString(value) : Long.toUnsignedString(value)) + suffix : name);
    }

    private void composite(BtfType.Composite type, long at) {
        depth++;
        boolean array = inArray;
        boolean text = inText;
        inText = false;
        out.append('{').append(newline());
        inArray = false;
        boolean more = depth == 1 && at == 0 && data.limit() > type.size();
        for (BtfType.Member member : type.members()) {
            atEnd = more && member.equals(type.members().getLast());
            value(
                    member.name(),
                    member.typeId(),
                    at + member.bitOffset() / 8,
                    member.bitOffset() % 8,
                    member.bitfieldSize());
        }
        inArray = array;
        inText = text;
        depth--;
        close("}");
    }

    private void close(String bracket) {
        indent();
        end(bracket);
    }

    private void array(BtfType.Array type, long at, long count) {
        int size = btf.sizeOf(type.elementTypeId());
        boolean characters = size == 1 && btf.type(btf.resolve(type.elementTypeId())) instanceof BtfType.Int;
        if (characters && is(Option.EMIT_STRINGS) && text(at, count)) {
            return;
        }
        depth++;
        out.append('[').append(newline());
        boolean array = inArray;
        boolean text = inText;
        boolean before = ended;
        inArray = true;
        inText = characters;
        ended = false;
        for (long i = 0; i < count && !ended; i++) {
            value("", type.elementTypeId(), at + i * size, 0, 0);
        }
        inArray = array;
        inText = text;
        ended = before;
        depth--;
        close("]");
    }

    /** A flexible array at the end of the whole takes the rest of the data. */
    private long count(BtfType.Array type, int id, long at, boolean rest) {
        int size = btf.sizeOf(type.elementTypeId());
        if (size == 0) {
            return 0;
        }
        long left = Math.max(0, data.limit() - at) / size;
        if (type.count() > left) {
            throw new BtfFormatException("types", -1, "array " + id + " beyond the end of the type", "one inside");
        }
        return rest ? left : type.count();
    }

    /** In quotes, if there is a NUL. */
    private boolean text(long at, long count) {
        StringBuilder text = new StringBuilder("\"");
        for (long i = 0; i < count; i++) {
            long character = zeroes.number(1, at + i);
            if (character == 0) {
                end(text.append('"').toString());
                return true;
            }
            boolean plain = isPrintable(character);
            text.append(
                    plain
                            ? String.valueOf((char) character)
                            : "\\x" + HexFormat.of().toHexDigits((byte) character));
        }
        return false;
    }

    private void variable(BtfType.Var type, long at) {
        out.append(
                switch (type.linkage()) {
                    case STATIC -> "static ";
                    case GLOBAL -> "";
                    case EXTERN -> "extern ";
                });
        out.append(CTypeText.of(btf, type.typeId()))
                .append(' ')
                .append(type.name())
                .append(" = ");
        value("", type.typeId(), at, 0, 0);
    }

    private void section(BtfType.DataSec type, long at) {
        out.append("SEC(\"").append(type.name()).append("\") ");
        for (BtfType.SecInfo part : type.vars()) {
            value("", part.typeId(), at + part.offset(), 0, 0);
            out.append(';');
        }
    }
}
