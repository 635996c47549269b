package dev.ebpf4j.maps;

/**
 * A map that others find by its pin.
 *
 * @param map the map, to be closed by who asked for it
 * @param origin where it came from
 * @param difference of a map that took another one's place, both definitions side by side; else empty
 */
public record SharedMap(BpfMap map, Origin origin, String difference) {
    /** Where a shared map came from. */
    public enum Origin {
        /** It was pinned already. */
        OPENED,
        /** Nothing was pinned: it was created. */
        CREATED,
        /** It was created in place of another one. */
        REPLACED
    }
}
