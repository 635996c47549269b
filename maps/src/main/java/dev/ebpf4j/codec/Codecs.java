package dev.ebpf4j.codec;

import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.util.List;

/**
 * The codecs that come with ebpf4j. Those without {@code _BE} use the byte order of the bytes' BTF, which for live maps is
 * that of the machine; so do programs. {@code docs/codecs.md} has the table of C types and the Java types for them.
 */
public final class Codecs {
    /** One byte: {@code char}, {@code __u8}, {@code bool}. */
    public static final NumberCodec<Byte> BYTE = IntegerCodec.of(JavaNumber.BYTE, 1, true);

    /** 16 bits: {@code short}, {@code __u16}. */
    public static final NumberCodec<Short> SHORT = IntegerCodec.of(JavaNumber.SHORT, 2, true);

    /** 32 bits: {@code int}, {@code __u32}, an enum. */
    public static final NumberCodec<Integer> INT = IntegerCodec.of(JavaNumber.INT, 4, true);

    /** 64 bits: {@code long}, {@code __u64}, a pointer. */
    public static final NumberCodec<Long> LONG = IntegerCodec.of(JavaNumber.LONG, 8, true);

    /** {@code __u8} as a number from 0 to 255. */
    public static final NumberCodec<Integer> U8 = IntegerCodec.of(JavaNumber.INT, 1, false);

    /** {@code __u16} as a number from 0 to 65,535. */
    public static final NumberCodec<Integer> U16 = IntegerCodec.of(JavaNumber.INT, 2, false);

    /** {@code __u32} as a number from 0 to 4,294,967,295. */
    public static final NumberCodec<Long> U32 = IntegerCodec.of(JavaNumber.LONG, 4, false);

    /** 16 bits in network byte order: {@code __be16}. */
    public static final NumberCodec<Short> SHORT_BE = IntegerCodec.bigEndian(JavaNumber.SHORT, 2);

    /** 32 bits in network byte order: {@code __be32}. */
    public static final NumberCodec<Integer> INT_BE = IntegerCodec.bigEndian(JavaNumber.INT, 4);

    /** 64 bits in network byte order: {@code __be64}. */
    public static final NumberCodec<Long> LONG_BE = IntegerCodec.bigEndian(JavaNumber.LONG, 8);

    /** A truth value in one byte: {@code bool}; every byte but 0 is true. */
    public static final NumberCodec<Boolean> BOOLEAN = IntegerCodec.of(JavaNumber.BOOLEAN, 1, false);

    /** {@code float}. */
    public static final Codec<Float> FLOAT = FloatCodec.of(Float.BYTES);

    /** {@code double}. */
    public static final Codec<Double> DOUBLE = FloatCodec.of(Double.BYTES);

    /** An address of the Internet in network order: 4 bytes, or 16, as the C type has. */
    public static final Codec<InetAddress> INET_ADDRESS =
            new InetAddressCodec<>(InetAddressCodec.V6, InetAddress.class);

    private Codecs() {}

    /**
     * The bytes as they are, of any C type of that size.
     *
     * @param size how many
     * @return a codec for arrays of exactly {@code size} bytes
     */
    public static Codec<byte[]> bytes(int size) {
        return new BytesCodec(size, false);
    }

    /**
     * Text in a {@code char} array: UTF-8 up to the first NUL, or filling the array. Writing fills up with NULs.
     *
     * @param size bytes of the array
     * @return a codec that refuses to write text of more than {@code size} bytes
     */
    public static Codec<String> string(int size) {
        return new StringCodec(size, false);
    }

    /**
     * A Java type for whatever C type fits it, as for a component of a record: {@code int[]} for an array of numbers, an
     * enum, {@link java.math.BigInteger}, a record. The codec takes its size from the C type.
     *
     * @param type the class
     * @param <T> its values
     * @return a codec that must be bound
     */
    public static <T> Codec<T> of(Class<T> type) {
        return of(HiddenClasses.own(), type);
    }

    /**
     * Like {@link #of(Class)}, for records that only their own module may see.
     *
     * @param lookup {@code MethodHandles.lookup()} of the caller
     * @param type the class
     * @param <T> its values
     * @return a codec that must be bound
     */
    public static <T> Codec<T> of(MethodHandles.Lookup lookup, Class<T> type) {
        return new JavaTypeCodec<>(JavaType.of(type, lookup));
    }

    /**
     * A C array as an immutable list of values.
     *
     * @param element one value, as for {@link #of(Class)}
     * @param <T> its type
     * @return a codec that must be bound
     */
    public static <T> Codec<List<T>> list(Class<T> element) {
        return new JavaTypeCodec<>(new JavaType(List.class, element, 0, HiddenClasses.own(), 0));
    }

    /**
     * Constants of a Java enum for the enumerators of a C enum, by name: {@code TCP_LISTEN} is the constant
     * {@code TCP_LISTEN}, or {@code LISTEN} where all enumerators begin with {@code TCP_}. Upper and lower case are the
     * same. Each constant needs its enumerator. A number in memory without a constant is an
     * {@link UnknownEnumeratorException}, or the constant {@code UNKNOWN} where the enum has one that no enumerator is
     * named after; that one cannot be written.
     *
     * @param type the Java enum
     * @param <E> the Java enum
     * @return a codec that must be bound
     */
    public static <E extends Enum<E>> Codec<E> enumeration(Class<E> type) {
        return of(type);
    }

    /**
     * A record whose components stand for the members of a C struct or union, by name: {@code exit_code} is the component
     * {@code exitCode} or {@code exit_code}. Members of anonymous structs and unions count as members. Which Java types a
     * C type can have is written in {@code docs/codecs.md}; a Java number may be wider than the C number, and is then
     * checked when it is written.
     *
     * <p>Every member needs a component, but for padding ({@code pad}, {@code __pad1}, …), for what the kernel keeps to itself
     * (locks, timers, kptrs, list heads: they are written as zero, which the kernel ignores), for flexible arrays, and
     * for members of unions that overlap one with a component. Of overlapping components reading gives all; writing takes
     * those that are neither null nor zero, and refuses if they contradict one another.
     *
     * <p>Without BTF the struct is laid out as C does it; {@link Length} then says how long arrays are.
     *
     * <p>The record must be public in an exported package, or in a package that is open to {@code dev.ebpf4j.maps}, or on
     * the class path; otherwise use {@link #record(MethodHandles.Lookup, Class)}, which is also faster to bind.
     *
     * @param type the record
     * @param <R> the record
     * @return a codec that must be bound
     */
    public static <R extends Record> Codec<R> record(Class<R> type) {
        return record(HiddenClasses.own(), type);
    }

    /**
     * Like {@link #record(Class)}, for records that only their own module may see.
     *
     * @param lookup {@code MethodHandles.lookup()} of the caller
     * @param type the record
     * @param <R> the record
     * @return a codec that must be bound
     */
    public static <R extends Record> Codec<R> record(MethodHandles.Lookup lookup, Class<R> type) {
        return new RecordCodec<>(lookup, type, 0);
    }
}
