package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapType;

/** Maps of this type have no such operation for processes, on any kernel. */
public final class MapOperationException extends BpfException {
    private static final long serialVersionUID = 1L;

    /** The type. */
    private final MapType type;

    MapOperationException(String operation, Errno errno, MapType type) {
        super(operation, errno, "processes can't do that with maps of type " + type);
        this.type = type;
    }

    /** {@return the type of the map} */
    public MapType type() {
        return type;
    }
}
