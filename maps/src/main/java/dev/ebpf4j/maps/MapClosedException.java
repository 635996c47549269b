package dev.ebpf4j.maps;

/** The handle of a map was closed, before or during the call. Nothing was asked of the kernel. */
public final class MapClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    MapClosedException(String map) {
        super("map '" + map + "' is closed");
    }
}
