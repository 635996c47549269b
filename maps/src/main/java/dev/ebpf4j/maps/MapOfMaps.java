package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapType;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A map that holds maps (ARRAY_OF_MAPS, HASH_OF_MAPS). All have the type and sizes of the one that it was created with; the
 * number of elements may differ for most types.
 *
 * <p>Changing an element is atomic for programs: each run sees the old map or the new one. A call here returns when no program
 * that could have seen the old one runs any more. The outer map keeps the inner ones alive.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <K> keys; Integer for an ARRAY_OF_MAPS
 * @kernel 4.12
 */
public final class MapOfMaps<K> {
    private final BpfMap map;
    private final Codec<K> keys;

    private MapOfMaps(BpfMap map, Codec<K> keys) {
        this.map = map;
        this.keys = keys.bind(map.keyType());
    }

    /**
     * A view of a map.
     *
     * @param map a map of type ARRAY_OF_MAPS or HASH_OF_MAPS
     * @param keys how keys stand in memory; {@link Codecs#INT} for an ARRAY_OF_MAPS
     * @param <K> keys
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's keys
     */
    public static <K> MapOfMaps<K> of(BpfMap map, Codec<K> keys) {
        MapTypes.require(map, MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS);
        return new MapOfMaps<>(map, keys);
    }

    /**
     * Says which map a key holds.
     *
     * @param key the key
     * @return the id of the map as in {@link MapInfo#id}, or empty where the key holds none
     * @throws BpfException if the kernel refuses
     */
    public OptionalInt id(K key) {
        try (Scratch scratch = at(key)) {
            return map.lookup(scratch) ? OptionalInt.of(scratch.value.get(JAVA_INT_UNALIGNED, 0)) : OptionalInt.empty();
        }
    }

    /**
     * Opens the map that a key holds.
     *
     * @param key the key
     * @return the map, to be closed by the caller; null where the key holds none
     * @throws BpfException if the kernel refuses, as it does to processes that may not open maps by id (CAP_SYS_ADMIN)
     */
    public @Nullable BpfMap open(K key) {
        while (true) {
            OptionalInt id = id(key);
            if (id.isEmpty()) {
                return null;
            }
            try {
                return BpfMap.byId(id.getAsInt());
            } catch (BpfException e) {
                if (!e.errno().is(Errno.ENOENT) || id.equals(id(key))) {
                    throw e;
                } // else exchanged for another, and gone, in between
            }
        }
    }

    /**
     * Makes a key hold a map, in place of what it held.
     *
     * @param key the key
     * @param inner the map, of which the caller keeps the handle
     * @throws BpfException if the kernel refuses, with EINVAL if the map is unlike the one that this was created with
     */
    public void update(K key, BpfMap inner) {
        put(key, inner, BpfMap.ANY);
    }

    /**
     * Makes a key of a HASH_OF_MAPS hold a map where it holds none.
     *
     * @param key the key
     * @param inner the map, of which the caller keeps the handle
     * @return false, and nothing done, where it holds one
     * @throws BpfException if the kernel refuses
     */
    public boolean putIfAbsent(K key, BpfMap inner) {
        return put(key, inner, BpfMap.NOEXIST);
    }

    private boolean put(K key, BpfMap inner, long flags) {
        try (Scratch scratch = at(key)) {
            scratch.value.set(JAVA_INT_UNALIGNED, 0, inner.fd());
            return map.update(scratch, flags);
        }
    }

    /**
     * Makes a key hold no map.
     *
     * @param key the key
     * @return false where it held none
     * @throws BpfException if the kernel refuses
     */
    public boolean delete(K key) {
        try (Scratch scratch = at(key)) {
            return map.delete(scratch);
        }
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
