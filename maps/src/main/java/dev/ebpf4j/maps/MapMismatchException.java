package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;

/**
 * A map that was there before, pinned or brought along, is not what the object wants; the message shows both definitions
 * side by side. The errno is EINVAL, which other loaders answer.
 */
public final class MapMismatchException extends BpfException {
    private static final long serialVersionUID = 1L;

    /** Both definitions. */
    private final String table;

    /**
     * Says what differs.
     *
     * @param operation what was tried
     * @param table both definitions
     */
    MapMismatchException(String operation, String table) {
        super(operation, Errno.of(Errno.EINVAL), "can't " + operation + ", because they differ:\n" + table, null);
        this.table = table;
    }

    /** {@return both definitions side by side, as the message has them; what differs is marked} */
    public String table() {
        return table;
    }
}
