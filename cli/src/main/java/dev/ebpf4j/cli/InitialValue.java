package dev.ebpf4j.cli;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.spec.Bytes;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The first value of a variable as a person, or JSON, takes it: a number, a truth value, a string, or bytes. */
final class InitialValue {
    private static final int BYTES_SHOWN = 16;

    private final byte[] bytes;
    private final ByteOrder order;

    private InitialValue(byte[] bytes, ByteOrder order) {
        this.bytes = bytes;
        this.order = order;
    }

    /** The value of a variable of the type with this id; bytes without a type. */
    static Object of(@Nullable Btf btf, int typeId, Bytes bytes, ByteOrder order) {
        InitialValue value = new InitialValue(bytes.toArray(), order);
        try {
            return btf == null || typeId == 0 ? value.hex() : value.typed(btf, btf.type(btf.resolve(typeId)));
        } catch (BtfFormatException e) {
            return value.hex();
        }
    }

    private Object typed(Btf btf, BtfType type) {
        return switch (type) {
            case BtfType.Int number
            when isScalar() ->
                (number.encoding() & BtfType.Int.BOOL) != 0
                        ? (Object) (integer(false).signum() != 0)
                        : integer(number.signed());
            case BtfType.Enumeration constant when isScalar() -> constant(constant);
            case BtfType.Float _
            when bytes.length == Double.BYTES ->
                Double.longBitsToDouble(integer(false).longValue());
            case BtfType.Float _
            when bytes.length == Float.BYTES ->
                Float.intBitsToFloat(integer(false).intValue());
            case BtfType.Array array when isText(btf, array) -> text();
            default -> hex();
        };
    }

    private boolean isScalar() {
        return bytes.length > 0 && bytes.length <= 16;
    }

    private BigInteger integer(boolean signed) {
        byte[] big = bytes.clone();
        for (int i = 0; order == ByteOrder.LITTLE_ENDIAN && i < big.length; i++) {
            big[i] = bytes[bytes.length - 1 - i];
        }
        return signed ? new BigInteger(big) : new BigInteger(1, big);
    }

    private Object constant(BtfType.Enumeration type) {
        BigInteger value = integer(type.signed());
        return type.enumerators().stream()
                .filter(enumerator -> enumerator.value() == value.longValue())
                .findFirst()
                .<Object>map(BtfType.Enumerator::name)
                .orElse(value);
    }

    /** Whether these are characters, at least one of them, up to the first zero. */
    private boolean isText(Btf btf, BtfType.Array array) {
        boolean characters = btf.type(btf.resolve(array.elementTypeId())) instanceof BtfType.Int element
                && element.size() == 1
                && (element.encoding() & BtfType.Int.BOOL) == 0;
        int end = textEnd();
        for (int i = 0; characters && i < end; i++) {
            characters = bytes[i] == '\n' || bytes[i] == '\t' || (bytes[i] >= ' ' && bytes[i] < 0x7f);
        }
        for (int i = end; characters && i < bytes.length; i++) {
            characters = bytes[i] == 0;
        }
        return characters && end > 0;
    }

    private int textEnd() {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return end;
    }

    private String text() {
        return new String(bytes, 0, textEnd(), StandardCharsets.US_ASCII);
    }

    private String hex() {
        int used = bytes.length;
        while (used > 0 && bytes[used - 1] == 0) {
            used--;
        }
        if (used == 0) {
            return "zeros";
        }
        int shown = Math.min(bytes.length, BYTES_SHOWN);
        return HexFormat.ofDelimiter(" ").formatHex(bytes, 0, shown)
                + (used > shown ? " …" : bytes.length > shown ? " zeros" : "");
    }
}
