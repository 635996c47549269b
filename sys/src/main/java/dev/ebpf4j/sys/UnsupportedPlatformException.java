package dev.ebpf4j.sys;

/** This machine has no Linux system calls that ebpf4j knows: another operating system, or an unknown processor. */
public final class UnsupportedPlatformException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    /** Says what was found and what is needed. */
    public UnsupportedPlatformException(String message) {
        super(message);
    }
}
