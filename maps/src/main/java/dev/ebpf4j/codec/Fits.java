package dev.ebpf4j.codec;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Which Java types a C type can have: the table of {@code docs/codecs.md} as code. */
final class Fits {
    private static final int BYTES_OF_LONG = Long.BYTES;

    private Fits() {}

    /** For a member; {@code last} is whether a flexible array may stand there. */
    static Fit of(JavaType java, Member member, boolean last) {
        if (member.bits() != 0) {
            return bitfield(java, member);
        }
        return of(java, member.type(), last);
    }

    static Fit of(JavaType java, TypeRef type, boolean last) {
        Class<?> raw = java.raw();
        JavaNumber number = JavaNumber.of(raw);
        Fit fit;
        if (number != null) {
            fit = number(number, type);
        } else if (raw == float.class || raw == Float.class) {
            fit = floating(Float.BYTES, type);
        } else if (raw == double.class || raw == Double.class) {
            fit = floating(Double.BYTES, type);
        } else if (raw == String.class || raw == byte[].class) {
            fit = bytes(java, type, last);
        } else if (raw.isEnum()) {
            fit = enumeration(raw, CTypes.isEnum(type) ? integer(JavaNumber.LONG, type) : null, type);
        } else if (raw == BigInteger.class) {
            fit = CTypes.isInteger(type) ? Fit.yes(new BigIntegerCodec(16, true, false).bind(type)) : no(java, type);
        } else if (raw == InetAddress.class || raw == Inet4Address.class || raw == Inet6Address.class) {
            InetAddressCodec<?> codec = new InetAddressCodec<>(type.size(), raw.asSubclass(InetAddress.class));
            fit = CTypes.isAddress(type) && codec.fits() ? Fit.yes(codec) : no(java, type);
        } else if (raw.isRecord()) {
            fit = record(java, type);
        } else if (raw.isInterface() && !java.isList()) {
            fit = view(java, type);
        } else {
            fit = array(java, type, last);
        }
        return fit;
    }

    private static Fit no(JavaType java, TypeRef type) {
        return Fit.no(java.name() + " does not fit; use " + fitting(type, 0));
    }

    private static Fit bitfield(JavaType java, Member member) {
        TypeRef type = member.type();
        boolean bigEndian = CTypes.isBigEndian(type);
        boolean signed = CTypes.isSigned(type);
        int bit = member.bitOffset() % 8;
        if (java.raw().isEnum()) {
            return enumeration(
                    java.raw(), new BitsCodec<Long>(JavaNumber.LONG, bit, member.bits(), signed, bigEndian), type);
        }
        JavaNumber number = JavaNumber.of(java.raw());
        if (number == null || (number == JavaNumber.CHAR && signed)) {
            return Fit.no(java.name() + " does not fit a bitfield; use " + fitting(type, member.bits()));
        }
        if (number == JavaNumber.BOOLEAN ? member.bits() != 1 : member.bits() > number.bits) {
            return Fit.no(
                    java.name() + " does not fit " + member.bits() + " bits; use " + fitting(type, member.bits()));
        }
        return Fit.yes(new BitsCodec<>(number, bit, member.bits(), signed, bigEndian));
    }

    private static Fit number(JavaNumber java, TypeRef type) {
        int size = type.size();
        boolean fits = CTypes.isNumber(type) && size <= BYTES_OF_LONG;
        if (java == JavaNumber.BOOLEAN) {
            fits &= size == 1;
        } else if (CTypes.isBool(type)) {
            fits &= java == JavaNumber.BYTE;
        } else if (CTypes.isPointer(type) || type.btf() == null) {
            fits &= java.isExactly(8 * size);
        } else {
            boolean negative = java == JavaNumber.CHAR && CTypes.isSigned(type);
            fits &= java.isExactly(8 * size) || (java.bits > 8 * size && !negative);
        }
        if (fits) {
            return Fit.yes(integer(java, type));
        }
        String has = size == 1 && java == JavaNumber.BOOLEAN ? "" : " has " + Math.max(1, java.bits / 8) + " bytes";
        return Fit.no(java.primitive.getName() + has + "; use " + fitting(type, 0));
    }

    private static IntegerCodec<?> integer(JavaNumber java, TypeRef type) {
        return new IntegerCodec<>(java, type.size(), CTypes.isSigned(type), CTypes.isSwapped(type), false);
    }

    private static Fit floating(int size, TypeRef type) {
        if (!CTypes.isFloat(type) || type.size() != size) {
            return Fit.no(
                    (size == Float.BYTES ? "float" : "double") + " has " + size + " bytes; use " + fitting(type, 0));
        }
        return Fit.yes(new FloatCodec<>(size, CTypes.order(type)));
    }

    private static Fit bytes(JavaType java, TypeRef type, boolean last) {
        boolean text = java.raw() == String.class;
        boolean flexible = last && CTypes.isArray(type) && CTypes.count(type) == 0;
        if ((text && !CTypes.isText(type)) || (type.size() == 0 && !flexible)) {
            return no(java, type);
        }
        if (java.length() != 0 && java.length() != type.size()) {
            return Fit.no("@Length says " + java.length() + ", C says " + type.size());
        }
        return Fit.yes(text ? new StringCodec(type.size(), flexible) : new BytesCodec(type.size(), flexible));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a class of an enum, whose own type cannot be named here
    private static Fit enumeration(Class<?> raw, @Nullable NumberCodec<?> numbers, TypeRef type) {
        if (numbers == null || !CTypes.isEnum(type)) {
            return Fit.no(raw.getSimpleName() + " needs a C enum; use " + fitting(type, 0));
        }
        return EnumCodec.match((Class) raw, numbers, CTypes.name(type), CTypes.enumerators(type));
    }

    private static Fit record(JavaType java, TypeRef type) {
        if (type.btf() != null && !CTypes.isComposite(type)) {
            return no(java, type);
        }
        RecordCodec<?> codec = new RecordCodec<>(java.lookup(), java.raw().asSubclass(Record.class), java.depth());
        try {
            return Fit.yes(codec.bind(type));
        } catch (CodecMismatchException e) {
            String why = String.valueOf(e.getMessage());
            return new Fit(null, java.name() + " does not fit, see below; or use byte[]", why);
        }
    }

    private static Fit view(JavaType java, TypeRef type) {
        if (!CTypes.isComposite(type)) {
            return no(java, type);
        }
        try {
            return Fit.yes(new ViewCodec<>(Flyweight.of(java, java.raw(), type)));
        } catch (CodecMismatchException e) {
            return new Fit(null, java.name() + " does not fit, see below", String.valueOf(e.getMessage()));
        }
    }

    private static Fit array(JavaType java, TypeRef type, boolean last) {
        JavaType element = java.element();
        TypeRef cElement = cElement(element, type);
        if (element == null || cElement == null || cElement.size() == 0) {
            return no(java, type);
        }
        int count = type.btf() == null ? type.size() / cElement.size() : CTypes.count(type);
        if (java.length() != 0 && java.length() != count) {
            return Fit.no("@Length says " + java.length() + ", C says " + count);
        }
        if (count == 0 && !last) {
            return no(java, type);
        }
        Fit fit = of(element, cElement, false);
        Codec<?> codec = fit.codec();
        if (codec == null) {
            return fit;
        }
        return Fit.yes(array(java, element.raw(), codec, cElement, count == 0 ? ArrayCodec.FLEXIBLE : count));
    }

    @SuppressWarnings("unchecked") // it gets the objects that it gave
    private static Codec<?> array(JavaType java, Class<?> component, Codec<?> codec, TypeRef element, int count) {
        if (!java.isList() && component.isPrimitive()) {
            ByteOrder order = CTypes.order(element);
            return new NumberArrayCodec(codec, component, count, order);
        }
        return new ArrayCodec((Codec<Object>) codec, component, count, java.isList());
    }

    private static @Nullable TypeRef cElement(@Nullable JavaType java, TypeRef type) {
        if (type.btf() != null) {
            return CTypes.element(type);
        }
        int size = java == null ? 0 : Natural.of(java).size();
        return size == 0 || type.size() % size != 0 ? null : TypeRef.ofSize(type.what() + "[]", size);
    }

    /** What to use instead. */
    private static String fitting(TypeRef type, int bits) {
        if (bits != 0) {
            return bits == 1 ? "boolean or a number" : bits <= 32 ? "int" : "long";
        }
        TypeRef element = CTypes.element(type);
        String fitting = "byte[]";
        if (CTypes.isComposite(type)) {
            fitting = "a record, or byte[]";
        } else if (type.btf() != null && CTypes.isText(type)) {
            fitting = "String, or byte[]";
        } else if (element != null) {
            String one = fitting(element, 0);
            fitting = one.startsWith("a record") ? "an array or List of records, or byte[]" : one + "[], or byte[]";
        } else if (CTypes.isFloat(type) && type.btf() != null) {
            fitting = type.size() == Float.BYTES ? "float" : type.size() == Double.BYTES ? "double" : fitting;
        } else if (CTypes.isNumber(type)) {
            fitting = switch (type.size()) {
                case 1 -> "byte or boolean";
                case 2 -> "short";
                case 4 -> "int";
                case 8 -> "long";
                case 16 -> "BigInteger, or byte[]";
                default -> fitting;
            };
        }
        return fitting;
    }
}
