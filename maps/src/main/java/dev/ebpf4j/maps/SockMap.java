package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapType;
import java.nio.channels.NetworkChannel;
import java.util.OptionalLong;

/**
 * Sockets that programs redirect data to (SOCKMAP by index, SOCKHASH by key), or select among those that share a port
 * (REUSEPORT_SOCKARRAY). A socket leaves the map when it is closed.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <K> keys; Integer for all but SOCKHASH
 * @kernel 4.14
 */
public final class SockMap<K> {
    private final BpfMap map;
    private final Codec<K> keys;
    private final boolean cookies;

    private SockMap(BpfMap map, Codec<K> keys) {
        this.map = map;
        this.keys = keys.bind(map.keyType());
        this.cookies = map.valueSize() == Long.BYTES;
    }

    /**
     * A view of a map.
     *
     * @param map a map of type SOCKMAP, SOCKHASH or REUSEPORT_SOCKARRAY
     * @param keys how keys stand in memory; {@link Codecs#INT} for all but SOCKHASH
     * @param <K> keys
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's keys
     */
    public static <K> SockMap<K> of(BpfMap map, Codec<K> keys) {
        MapTypes.require(map, MapType.SOCKMAP, MapType.SOCKHASH, MapType.REUSEPORT_SOCKARRAY);
        return new SockMap<>(map, keys);
    }

    /**
     * Sets the socket of a key. What the programs of a SOCKMAP or SOCKHASH do to sockets begins with this: a program must be
     * attached to the map before.
     *
     * @param key the key
     * @param channel a channel that is connected, or bound where the type of map allows it; it stays the caller's
     * @throws IllegalStateException if the descriptor of the channel is not found, see {@link KernelFd#socket}
     * @throws BpfException if the kernel refuses
     */
    public void update(K key, NetworkChannel channel) {
        try (KernelFd socket = KernelFd.socket(channel)) {
            update(key, socket.fd());
        }
    }

    /**
     * Sets the socket of a key.
     *
     * @param key the key
     * @param fd descriptor of the socket, which stays the caller's
     * @throws BpfException if the kernel refuses
     */
    public void update(K key, int fd) {
        try (Scratch scratch = at(key)) {
            if (cookies) {
                scratch.value.set(JAVA_LONG_UNALIGNED, 0, fd);
            } else {
                scratch.value.set(JAVA_INT_UNALIGNED, 0, fd);
            }
            map.update(scratch, BpfMap.ANY);
        }
    }

    /**
     * The cookie of a key's socket: the number by which programs know it too ({@code bpf_get_socket_cookie}).
     *
     * @param key the key
     * @return the cookie, or empty where the key has no socket
     * @throws UnsupportedOperationException if the map's values have 4 bytes: cookies are of maps with 8
     * @throws BpfException if the kernel refuses
     */
    public OptionalLong cookie(K key) {
        if (!cookies) {
            throw new UnsupportedOperationException(
                    "map '" + map.name() + "' has values of 4 bytes; the kernel tells cookies where they have 8");
        }
        try (Scratch scratch = at(key)) {
            return map.lookup(scratch)
                    ? OptionalLong.of(scratch.value.get(JAVA_LONG_UNALIGNED, 0))
                    : OptionalLong.empty();
        }
    }

    /**
     * Takes the socket of a key out, which stays open.
     *
     * @param key the key
     * @return false where the key has no socket
     * @throws BpfException if the kernel refuses
     */
    public boolean delete(K key) {
        try (Scratch scratch = at(key)) {
            try {
                return map.delete(scratch);
            } catch (BpfException e) {
                if (isEmptySlot(scratch, e)) {
                    return false;
                }
                throw e;
            }
        }
    }

    /** Where other maps say ENOENT, SOCKMAP says EINVAL. */
    private boolean isEmptySlot(Scratch scratch, BpfException e) {
        return map.type() == MapType.SOCKMAP
                && e.errno().is(Errno.EINVAL)
                && Integer.compareUnsigned(scratch.key.get(JAVA_INT_UNALIGNED, 0), map.maxEntries()) < 0;
    }

    private Scratch at(K key) {
        Scratch scratch = map.scratch();
        keys.write(key, scratch.key, 0);
        return scratch;
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
