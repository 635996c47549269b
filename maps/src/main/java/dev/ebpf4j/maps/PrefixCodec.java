package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Prefixes as keys of a trie: {@code struct bpf_lpm_trie_key}, the number of bits and the address in network byte order.
 * In keys of 16 bytes for the address an IPv4 prefix stands as IPv4-mapped address, 96 bits longer.
 */
final class PrefixCodec implements Codec<Prefix>, StaysInside {
    static final PrefixCodec UNBOUND = new PrefixCodec(0);
    private static final int IPV4 = 4;
    private static final int IPV6 = 16;
    private static final int MAPPED = 12;

    private final int addressBytes;

    private PrefixCodec(int addressBytes) {
        this.addressBytes = addressBytes;
    }

    @Override
    public int size() {
        if (addressBytes == 0) {
            throw new IllegalStateException("the codec for prefixes knows its size only after bind()");
        }
        return Integer.BYTES + addressBytes;
    }

    @Override
    public Codec<Prefix> bind(TypeRef type) {
        int bytes = type.size() - Integer.BYTES;
        if (bytes != IPV4 && bytes != IPV6) {
            throw new CodecMismatchException("the " + type.what() + " has " + type.size()
                    + " bytes; a prefix is a __u32 and 4 bytes of an IPv4 address (8) or 16 of an IPv6 address (20)");
        }
        return new PrefixCodec(bytes);
    }

    @Override
    public Prefix read(MemorySegment source, long offset) {
        int length = source.get(JAVA_INT_UNALIGNED, offset);
        byte[] bytes = source.asSlice(offset + Integer.BYTES, addressBytes).toArray(JAVA_BYTE);
        if (addressBytes == IPV6 && length >= MAPPED * 8 && isMapped(bytes)) {
            return new Prefix(Prefix.address(Arrays.copyOfRange(bytes, MAPPED, IPV6)), length - MAPPED * 8);
        }
        return new Prefix(Prefix.address(bytes), length);
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < MAPPED; i++) {
            if (bytes[i] != (i < MAPPED - 2 ? 0 : -1)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void write(Prefix value, MemorySegment target, long offset) {
        byte[] bytes = value.address().getAddress();
        int extra = addressBytes - bytes.length;
        if (extra < 0) {
            throw new IllegalArgumentException("the IPv6 prefix " + value + " where IPv4 is kept");
        }
        target.set(JAVA_INT_UNALIGNED, offset, value.length() + extra * 8);
        for (int i = 0; i < extra; i++) {
            target.set(JAVA_BYTE, offset + Integer.BYTES + i, (byte) (i < extra - 2 ? 0 : -1));
        }
        MemorySegment.copy(bytes, 0, target, JAVA_BYTE, offset + Integer.BYTES + extra, bytes.length);
    }
}
