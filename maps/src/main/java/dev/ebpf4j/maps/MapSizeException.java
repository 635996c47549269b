package dev.ebpf4j.maps;

/** A key or value handed to a map has the wrong size. Nothing was asked of the kernel. */
public final class MapSizeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what was expected and what was given.
     *
     * @param map name of the map
     * @param part {@code key} or {@code value}
     * @param expected bytes
     * @param given bytes
     */
    public MapSizeException(String map, String part, long expected, long given) {
        super("map '" + map + "' has a " + part + " of " + expected + " bytes, and " + given + " were given");
    }
}
