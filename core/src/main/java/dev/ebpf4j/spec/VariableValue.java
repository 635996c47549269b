package dev.ebpf4j.spec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Encodes the initial value of a global variable. */
final class VariableValue {
    private VariableValue() {}

    static Bytes encode(VariableSpec variable, Object value, ByteOrder order) {
        return switch (value) {
            case Bytes bytes -> exact(variable, bytes);
            case byte[] bytes -> exact(variable, Bytes.of(bytes));
            case String text -> text(variable, text);
            case Boolean flag -> integer(variable, flag ? 1 : 0, order);
            case Character character -> integer(variable, character, order);
            case Double number -> integer(variable, Double.doubleToRawLongBits(number), order, Double.BYTES);
            case Float number -> integer(variable, Float.floatToRawIntBits(number), order, Float.BYTES);
            case Number number -> integer(variable, number.longValue(), order);
            default ->
                throw bad(
                        variable,
                        "can't hold a " + value.getClass().getName()
                                + "; give a number, boolean, character, string or Bytes");
        };
    }

    private static Bytes exact(VariableSpec variable, Bytes bytes) {
        if (bytes.size() != variable.size()) {
            throw bad(variable, "can't hold " + bytes.size() + " bytes");
        }
        return bytes;
    }

    private static Bytes text(VariableSpec variable, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length >= variable.size()) {
            throw bad(variable, "can't hold a string of " + utf8.length + " bytes and its terminator");
        }
        return Bytes.zeros(variable.size()).with(0, Bytes.of(utf8));
    }

    private static Bytes integer(VariableSpec variable, long value, ByteOrder order, int size) {
        if (variable.size() != size) {
            throw bad(variable, "can't hold a floating-point number of " + size + " bytes");
        }
        return integer(variable, value, order);
    }

    private static Bytes integer(VariableSpec variable, long value, ByteOrder order) {
        int size = variable.size();
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            throw bad(variable, "is no number");
        }
        int bits = size * 8;
        // accept what is right either as a signed or as an unsigned number of this size
        if (bits < 64 && value >> bits != 0 && value >> (bits - 1) != -1) {
            throw bad(variable, "can't hold " + value);
        }
        ByteBuffer buffer = ByteBuffer.allocate(8).order(order).putLong(value);
        return Bytes.of(buffer.array()).slice(order == ByteOrder.LITTLE_ENDIAN ? 0 : 8 - size, size);
    }

    private static IllegalArgumentException bad(VariableSpec variable, String what) {
        return new IllegalArgumentException(
                "variable '" + variable.name() + "' (" + variable.size() + " bytes in " + variable.map() + ") " + what);
    }
}
