package dev.ebpf4j.maps;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The addresses that begin with the same bits, such as {@code 10.0.0.0/8}.
 *
 * @param address the first of them: all bits behind the prefix are zero
 * @param length how many bits count, 0 to 32 or 0 to 128
 */
public record Prefix(InetAddress address, int length) {
    /**
     * Clears the bits behind the prefix.
     *
     * @param address an address that begins with the prefix
     * @param length how many bits count
     * @throws IllegalArgumentException if the address has not so many
     */
    public Prefix {
        byte[] bytes = address.getAddress();
        if (length < 0 || length > bytes.length * 8) {
            throw new IllegalArgumentException(
                    address.getHostAddress() + " has " + bytes.length * 8 + " bits, and no prefix of " + length);
        }
        address = address(masked(bytes, length));
    }

    /**
     * {@return the prefix that has this address only}
     *
     * @param address the address
     */
    public static Prefix of(InetAddress address) {
        return new Prefix(address, address.getAddress().length * 8);
    }

    /**
     * Reads a prefix.
     *
     * @param text such as {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or an address for itself alone; no names
     * @return the prefix
     * @throws IllegalArgumentException if it is none
     */
    public static Prefix parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = literal(slash < 0 ? text : text.substring(0, slash), text);
        if (slash < 0) {
            return of(address);
        }
        String length = text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' is no prefix: '" + length + "' is no number of bits");
        }
        return new Prefix(address, Integer.parseInt(length));
    }

    private static InetAddress literal(String address, String text) {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no prefix: '" + address + "' is no address", e);
        }
    }

    /**
     * {@return whether an address begins with this prefix}
     *
     * @param other the address; one of the other family does not
     */
    public boolean contains(InetAddress other) {
        return other.getAddress().length == address.getAddress().length && new Prefix(other, length).equals(this);
    }

    private static byte[] masked(byte[] bytes, int length) {
        for (int i = length / 8; i < bytes.length; i++) {
            int kept = Math.max(0, length - i * 8);
            bytes[i] &= (byte) (0xff00 >> kept);
        }
        return bytes;
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(bytes.length + " bytes are no address", e);
        }
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }
}
