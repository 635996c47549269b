package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An address of the Internet in network order, 4 or 16 bytes. Sixteen bytes are always an IPv6 address: one that stands for
 * IPv4 ({@code ::ffff:a.b.c.d}) is read as that IPv4 address, as {@link InetAddress#getByAddress} does, and written in
 * that form.
 *
 * @param size bytes: 4 or 16
 * @param type {@link InetAddress} or one of its two kinds
 * @param <T> that type
 */
record InetAddressCodec<T extends InetAddress>(int size, Class<T> type) implements Codec<T>, StaysInside {
    static final int V4 = 4;
    static final int V6 = 16;
    private static final int MAPPED = 12;

    /** Whether a type of that size can be one. */
    boolean fits() {
        return (size == V4 && type != Inet6Address.class) || (size == V6 && type != Inet4Address.class);
    }

    @Override
    public Codec<T> bind(TypeRef ref) {
        InetAddressCodec<T> codec = ref.size() == size ? this : new InetAddressCodec<>(ref.size(), type);
        CodecMismatchException.require(CTypes.isAddress(ref) && codec.fits(), ref.size(), ref, toString());
        return codec;
    }

    @Override
    public T read(MemorySegment source, long offset) {
        byte[] bytes = new byte[size];
        MemorySegment.copy(source, JAVA_BYTE, offset, bytes, 0, size);
        try {
            if (type == Inet6Address.class) {
                return type.cast(Inet6Address.getByAddress(null, bytes, -1));
            }
            return type.cast(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are always an address", e);
        }
    }

    @Override
    public void write(T value, MemorySegment target, long offset) {
        byte[] bytes = value.getAddress();
        if (bytes.length == V4 && size == V6) {
            byte[] mapped = new byte[V6];
            mapped[MAPPED - 2] = -1;
            mapped[MAPPED - 1] = -1;
            System.arraycopy(bytes, 0, mapped, MAPPED, V4);
            bytes = mapped;
        }
        if (bytes.length != size) {
            throw new IllegalArgumentException(value + " takes 16 bytes, and there is room for 4");
        }
        MemorySegment.copy(bytes, 0, target, JAVA_BYTE, offset, size);
    }

    @Override
    public String toString() {
        return type.getSimpleName() + " in " + size + " bytes";
    }
}
