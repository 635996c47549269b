package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;

/** A map has no room for another element. Nothing was changed; what is there already can still be updated. */
public final class MapFullException extends BpfException {
    private static final long serialVersionUID = 1L;

    /** How many elements fit. */
    private final int maxEntries;

    MapFullException(String operation, Errno errno, int maxEntries) {
        super(operation, errno, "the map is full: max_entries is " + Integer.toUnsignedString(maxEntries));
        this.maxEntries = maxEntries;
    }

    /** {@return how many elements fit, unsigned} */
    public int maxEntries() {
        return maxEntries;
    }
}
