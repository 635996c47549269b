package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.codec.ScalarCodec.Fit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;

/** The codecs that come with ebpf4j. Those without {@code _BE} use the byte order of the machine, as programs do. */
public final class Codecs {
    private static final ValueLayout.OfShort SHORT_BIG = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BIG = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG_BIG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** One byte: {@code char}, {@code __u8}, {@code bool}. */
    public static final Codec<Byte> BYTE = new ScalarCodec<>(
            "byte", 1, Fit.NUMBER, (s, o) -> s.get(JAVA_BYTE, o), (v, s, o) -> s.set(JAVA_BYTE, o, v));

    /** 16 bits: {@code short}, {@code __u16}. */
    public static final Codec<Short> SHORT = new ScalarCodec<>(
            "short",
            2,
            Fit.NUMBER,
            (s, o) -> s.get(JAVA_SHORT_UNALIGNED, o),
            (v, s, o) -> s.set(JAVA_SHORT_UNALIGNED, o, v));

    /** 32 bits: {@code int}, {@code __u32}, an enum. */
    public static final Codec<Integer> INT = new ScalarCodec<>(
            "int", 4, Fit.NUMBER, (s, o) -> s.get(JAVA_INT_UNALIGNED, o), (v, s, o) -> s.set(JAVA_INT_UNALIGNED, o, v));

    /** 64 bits: {@code long}, {@code __u64}, a pointer. */
    public static final Codec<Long> LONG = new ScalarCodec<>(
            "long",
            8,
            Fit.NUMBER,
            (s, o) -> s.get(JAVA_LONG_UNALIGNED, o),
            (v, s, o) -> s.set(JAVA_LONG_UNALIGNED, o, v));

    /** 16 bits in network byte order: {@code __be16}. */
    public static final Codec<Short> SHORT_BE = new ScalarCodec<>(
            "big-endian short", 2, Fit.NUMBER, (s, o) -> s.get(SHORT_BIG, o), (v, s, o) -> s.set(SHORT_BIG, o, v));

    /** 32 bits in network byte order: {@code __be32}. */
    public static final Codec<Integer> INT_BE = new ScalarCodec<>(
            "big-endian int", 4, Fit.NUMBER, (s, o) -> s.get(INT_BIG, o), (v, s, o) -> s.set(INT_BIG, o, v));

    /** 64 bits in network byte order: {@code __be64}. */
    public static final Codec<Long> LONG_BE = new ScalarCodec<>(
            "big-endian long", 8, Fit.NUMBER, (s, o) -> s.get(LONG_BIG, o), (v, s, o) -> s.set(LONG_BIG, o, v));

    /** A truth value in one byte: {@code bool}; every byte but 0 is true. */
    public static final Codec<Boolean> BOOLEAN = new ScalarCodec<>(
            "boolean",
            1,
            Fit.NUMBER,
            (s, o) -> s.get(JAVA_BYTE, o) != 0,
            (v, s, o) -> s.set(JAVA_BYTE, o, (byte) (v ? 1 : 0)));

    private Codecs() {}

    /**
     * The bytes as they are, of any C type of that size.
     *
     * @param size how many
     * @return a codec for arrays of exactly {@code size} bytes
     */
    public static Codec<byte[]> bytes(int size) {
        return new ScalarCodec<>(
                "byte[" + size + "]",
                size,
                Fit.ANY,
                (s, o) -> {
                    byte[] bytes = new byte[size];
                    MemorySegment.copy(s, JAVA_BYTE, o, bytes, 0, size);
                    return bytes;
                },
                (v, s, o) -> {
                    if (v.length != size) {
                        throw new IllegalArgumentException(v.length + " bytes where " + size + " are needed");
                    }
                    MemorySegment.copy(v, 0, s, JAVA_BYTE, o, size);
                });
    }

    /**
     * Text in a {@code char} array: UTF-8 up to the first NUL, or filling the array. Writing fills up with NULs.
     *
     * @param size bytes of the array
     * @return a codec that refuses to write text of more than {@code size} bytes
     */
    public static Codec<String> string(int size) {
        return new ScalarCodec<>(
                "String in " + size + " bytes", size, Fit.TEXT, (s, o) -> CString.read(s, o, size), (v, s, o) -> {
                    byte[] text = v.getBytes(UTF_8);
                    if (text.length > size) {
                        throw new IllegalArgumentException(
                                "'" + v + "' takes " + text.length + " bytes, and there is room for " + size);
                    }
                    MemorySegment.copy(text, 0, s, JAVA_BYTE, o, text.length);
                    s.asSlice(o + text.length, size - text.length).fill((byte) 0);
                });
    }

    /**
     * A record whose components stand for the members of a C struct, by name: {@code exit_code} is the component
     * {@code exitCode} or {@code exit_code}. Types must have the same size: byte, short, int, long, boolean, float, double;
     * {@code byte[]} for any array or struct; String for {@code char} arrays; another record for a struct. Without BTF the
     * struct is laid out as C does it, and arrays are not possible.
     *
     * <p>The record must be public in an exported package, or in a package that is open to {@code dev.ebpf4j.maps}, or on
     * the class path; otherwise use {@link #record(MethodHandles.Lookup, Class)}.
     *
     * @param type the record
     * @param <R> the record
     * @return a codec that must be bound
     */
    public static <R extends Record> Codec<R> record(Class<R> type) {
        return new RecordCodec<>(MethodHandles.lookup(), type);
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
        return new RecordCodec<>(lookup, type);
    }
}
