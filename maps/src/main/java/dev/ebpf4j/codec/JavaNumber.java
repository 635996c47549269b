package dev.ebpf4j.codec;

import org.jspecify.annotations.Nullable;

/** The Java types of whole numbers. */
enum JavaNumber {
    BYTE(byte.class, Byte.class, 8),
    SHORT(short.class, Short.class, 16),
    CHAR(char.class, Character.class, 16),
    INT(int.class, Integer.class, 32),
    LONG(long.class, Long.class, 64),
    BOOLEAN(boolean.class, Boolean.class, 1);

    final Class<?> primitive;
    final Class<?> box;
    final int bits;

    JavaNumber(Class<?> primitive, Class<?> box, int bits) {
        this.primitive = primitive;
        this.box = box;
        this.bits = bits;
    }

    /** The type that {@code java} is, boxed or not; null for others. */
    static @Nullable JavaNumber of(Class<?> java) {
        for (JavaNumber number : values()) {
            if (number.primitive == java || number.box == java) {
                return number;
            }
        }
        return null;
    }

    Object box(long value) {
        return switch (this) {
            case BYTE -> (byte) value;
            case SHORT -> (short) value;
            case CHAR -> (char) value;
            case INT -> (int) value;
            case LONG -> value;
            case BOOLEAN -> value != 0;
        };
    }

    long unbox(Object value) {
        return switch (this) {
            case CHAR -> (Character) value;
            case BOOLEAN -> (Boolean) value ? 1 : 0;
            default -> ((Number) value).longValue();
        };
    }

    /** Whether numbers of the C type are written without a check: all its bits are the Java type's. */
    boolean isExactly(int cBits) {
        return bits == cBits;
    }

    /** Throws unless {@code value} is a number of that many bits. */
    static void check(long value, int bits, boolean signed) {
        int unused = 64 - bits;
        if (unused > 0 && value != (signed ? value << unused >> unused : value << unused >>> unused)) {
            throw new IllegalArgumentException(
                    value + " is no " + (signed ? "signed" : "unsigned") + " number of " + bits + " bits");
        }
    }
}
