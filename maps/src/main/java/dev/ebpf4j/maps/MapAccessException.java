package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;

/** A map, or this handle of it, does not allow processes to do what was tried. The errno is EPERM. */
public final class MapAccessException extends BpfException {
    private static final long serialVersionUID = 1L;

    /** Why it is not allowed; each was found to be so after the kernel had refused. */
    public enum Reason {
        /** The map was frozen: no process can write it ever again. */
        FROZEN("the map is frozen: no process can write it any more"),
        /** The map was created with {@code BPF_F_RDONLY}, or opened for reading only. */
        READ_ONLY("the map was created or opened with BPF_F_RDONLY: this handle can only read"),
        /** The map was created with {@code BPF_F_WRONLY}, or opened for writing only. */
        WRITE_ONLY("the map was created or opened with BPF_F_WRONLY: this handle can only write");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    /** Why. */
    private final Reason reason;

    MapAccessException(String operation, Errno errno, Reason reason) {
        super(operation, errno, reason.words);
        this.reason = reason;
    }

    /** {@return why it is not allowed} */
    public Reason reason() {
        return reason;
    }
}
