package dev.ebpf4j.maps;

/**
 * Memory of a map that can only be read was to be written: read-only data of a program, a map that was frozen, or one that
 * was mapped for reading. Nothing was changed.
 */
public final class ReadOnlyMemoryException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private ReadOnlyMemoryException(String message) {
        super(message);
    }

    /** Of a map as a whole. */
    static ReadOnlyMemoryException ofMap(String owner) {
        return new ReadOnlyMemoryException("the memory of " + owner
                + " can only be read: the map is frozen, or was mapped or created for reading");
    }

    /** Of read-only data. */
    static ReadOnlyMemoryException ofVariable(String name) {
        return new ReadOnlyMemoryException("variable '" + name + "' is read-only once its program is loaded");
    }
}
