package dev.ebpf4j.codec;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_char;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_short;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;

/**
 * How generated code reads and writes a primitive that memory has as Java has it.
 *
 * @param primitive its type
 * @param constant the constant of {@link java.lang.foreign.ValueLayout} for it
 * @param layout the type of that
 */
record PlainAccess(ClassDesc primitive, String constant, ClassDesc layout) {
    private static PlainAccess of(ClassDesc primitive, String constant, String layout) {
        return new PlainAccess(primitive, constant, ClassDesc.of("java.lang.foreign.ValueLayout$" + layout));
    }

    static PlainAccess of(Class<?> type) {
        if (type == byte.class) {
            return of(CD_byte, "JAVA_BYTE", "OfByte");
        } else if (type == boolean.class) {
            return of(CD_boolean, "JAVA_BOOLEAN", "OfBoolean");
        } else if (type == short.class) {
            return of(CD_short, "JAVA_SHORT_UNALIGNED", "OfShort");
        } else if (type == char.class) {
            return of(CD_char, "JAVA_CHAR_UNALIGNED", "OfChar");
        } else if (type == int.class) {
            return of(CD_int, "JAVA_INT_UNALIGNED", "OfInt");
        } else if (type == long.class) {
            return of(CD_long, "JAVA_LONG_UNALIGNED", "OfLong");
        } else if (type == float.class) {
            return of(CD_float, "JAVA_FLOAT_UNALIGNED", "OfFloat");
        }
        return of(CD_double, "JAVA_DOUBLE_UNALIGNED", "OfDouble");
    }

    /** For so many bytes: 1, 2, 4 or 8. */
    static PlainAccess ofSize(int size) {
        return switch (size) {
            case 1 -> of(byte.class);
            case 2 -> of(short.class);
            case 4 -> of(int.class);
            default -> of(long.class);
        };
    }

    void zero(CodeBuilder b) {
        if (primitive.equals(CD_long)) {
            b.lconst_0();
        } else {
            b.iconst_0();
        }
    }
}
