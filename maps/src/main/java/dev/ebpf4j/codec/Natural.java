package dev.ebpf4j.codec;

import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;

/**
 * How C would lay out a struct of Java types: only where there is no BTF.
 *
 * @param size bytes; 0 if that is not known
 * @param align alignment
 * @param members of a struct, in order
 */
record Natural(int size, int align, List<Member> members) {
    private static Natural scalar(int size) {
        return new Natural(size, Math.max(1, size), List.of());
    }

    static Natural of(JavaType type) {
        Class<?> raw = type.raw();
        JavaNumber number = JavaNumber.of(raw);
        Natural natural;
        if (number != null) {
            natural = scalar(Math.max(1, number.bits / 8));
        } else if (raw == float.class || raw == Float.class) {
            natural = scalar(Float.BYTES);
        } else if (raw == double.class || raw == Double.class) {
            natural = scalar(Double.BYTES);
        } else if (raw == BigInteger.class) {
            natural = scalar(2 * Long.BYTES);
        } else if (raw == Inet4Address.class) {
            natural = scalar(InetAddressCodec.V4);
        } else if (raw == Inet6Address.class) {
            natural = new Natural(InetAddressCodec.V6, Integer.BYTES, List.of());
        } else if (raw == String.class || raw == byte[].class) {
            natural = new Natural(type.length(), 1, List.of());
        } else if (raw.isRecord()) {
            natural = ofRecord(type, raw.getSimpleName());
        } else {
            JavaType element = type.element();
            Natural one = element == null ? scalar(0) : of(element);
            natural = new Natural(type.length() * one.size, one.align, List.of());
        }
        return natural;
    }

    /** The struct with these components; a component whose size is not known is a member without one. */
    static Natural ofRecord(JavaType type, String what) {
        List<Member> members = new ArrayList<>();
        int offset = 0;
        int align = 1;
        for (RecordComponent component : type.raw().getRecordComponents()) {
            Natural part = of(RecordCodec.type(component, type.lookup(), type.depth() + 1));
            offset = up(offset, part.align);
            TypeRef ref = TypeRef.ofSize(what + "." + component.getName(), part.size);
            members.add(new Member(component.getName(), ref, 8 * offset, 0, Member.Role.DATA));
            offset += part.size;
            align = Math.max(align, part.align);
        }
        return new Natural(up(offset, align), align, members);
    }

    private static int up(int offset, int align) {
        return (offset + align - 1) / align * align;
    }
}
