package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ExternSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns the text of a kernel configuration value ({@code y}, {@code "text"}, {@code 250}, {@code 0xff}) into the bytes
 * of the variable that a program declared for it.
 */
final class KconfigValue {
    /** The enum that programs declare for options that may be modules: 0 for n, 1 for y, 2 for m. */
    private static final String TRISTATE = "libbpf_tristate";

    /** What a program may declare. */
    private enum Shape {
        BOOL,
        CHAR,
        INT,
        TRISTATE,
        STRING
    }

    private final ExternSpec extern;
    private final ByteOrder order;
    private final int size;
    private final Shape shape;
    private final boolean signed;

    KconfigValue(ExternSpec extern, Btf btf, ByteOrder order) {
        this.extern = extern;
        this.order = order;
        this.size = btf.sizeOf(extern.typeId());
        BtfType type = btf.type(btf.resolve(extern.typeId()));
        this.shape = shape(btf, type);
        this.signed = type instanceof BtfType.Int number && number.signed();
    }

    private Shape shape(Btf btf, BtfType type) {
        if (type instanceof BtfType.Array array && array.count() > 0) {
            if (scalar(btf.type(btf.resolve(array.elementTypeId()))) == Shape.CHAR) {
                return Shape.STRING;
            }
            throw unfit();
        }
        return scalar(type);
    }

    private Shape scalar(BtfType type) {
        return switch (type) {
            case BtfType.Int number
            when (number.encoding() & BtfType.Int.BOOL) != 0 && number.size() == 1 -> Shape.BOOL;
            case BtfType.Int number when (number.encoding() & BtfType.Int.BOOL) != 0 -> throw unfit();
            case BtfType.Int number when number.size() == 1 -> Shape.CHAR;
            case BtfType.Int number when number.size() <= 8 && Integer.bitCount(number.size()) == 1 -> Shape.INT;
            case BtfType.Enumeration states when states.name().equals(TRISTATE) -> Shape.TRISTATE;
            default -> throw unfit();
        };
    }

    private LinkException unfit() {
        return bad("is declared with a type that can't hold a configuration value; use bool, char, an integer,"
                + " enum " + TRISTATE + " or char[]");
    }

    /** Returns the variable's bytes for a value's text. */
    Bytes encode(String text) {
        return switch (text) {
            case "y", "n", "m" -> state(text.charAt(0));
            default -> text.startsWith("\"") ? string(text) : number(text);
        };
    }

    private Bytes state(char state) {
        return switch (shape) {
            case BOOL -> {
                if (state == 'm') {
                    throw bad("is m, which a bool can't hold; use enum " + TRISTATE);
                }
                yield integer(state == 'y' ? 1 : 0);
            }
            case TRISTATE -> integer("nym".indexOf(state));
            case CHAR -> integer(state);
            case INT, STRING -> throw bad("is " + state + ", which its type can't hold; use bool or enum " + TRISTATE);
        };
    }

    private Bytes string(String quoted) {
        if (shape != Shape.STRING) {
            throw bad("is " + quoted + ", which its type can't hold; use char[]");
        }
        if (quoted.length() < 2 || !quoted.endsWith("\"")) {
            throw bad("is " + quoted + ", without a closing quote");
        }
        byte[] text = quoted.substring(1, quoted.length() - 1).getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, size - 1);
        return Bytes.of(Arrays.copyOf(Arrays.copyOf(text, length), size));
    }

    private Bytes number(String text) {
        long value = parse(text);
        boolean fits = switch (shape) {
            case BOOL -> value == 0 || value == 1;
            case CHAR, INT -> inRange(value);
            case TRISTATE, STRING -> throw bad("is " + text + ", which its type can't hold; use an integer");
        };
        if (!fits) {
            throw bad("is " + text + ", which its " + size + " bytes can't hold");
        }
        return integer(value);
    }

    /** Reads a number as C does: decimal, 0x hexadecimal, 0 octal, up to 64 bits. */
    private long parse(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        try {
            long value;
            if (digits.startsWith("0x") || digits.startsWith("0X")) {
                value = Long.parseUnsignedLong(digits.substring(2), 16);
            } else if (digits.startsWith("0") && digits.length() > 1) {
                value = Long.parseUnsignedLong(digits.substring(1), 8);
            } else {
                value = Long.parseUnsignedLong(digits);
            }
            return negative ? -value : value;
        } catch (NumberFormatException e) {
            throw bad("is " + text + ", which is neither y, n, m, a quoted text nor a number");
        }
    }

    private boolean inRange(long value) {
        int bits = size * 8;
        if (bits == 64) {
            return true;
        }
        return signed ? value >> (bits - 1) == 0 || value >> (bits - 1) == -1 : value >>> bits == 0;
    }

    private Bytes integer(long value) {
        byte[] wide = ByteBuffer.allocate(8).order(order).putLong(value).array();
        return Bytes.of(wide).slice(order == ByteOrder.LITTLE_ENDIAN ? 0 : 8 - size, size);
    }

    private LinkException bad(String what) {
        return new LinkException(extern.name() + " " + what);
    }
}
