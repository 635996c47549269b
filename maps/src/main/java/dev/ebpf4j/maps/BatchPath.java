package dev.ebpf4j.maps;

/** How the elements of a batch went from or to the kernel. */
public enum BatchPath {
    /** Many in one system call (Linux 5.6, of most types of arrays, hash tables and tries). */
    BATCH,
    /** One by one, because the type, the kernel or the flags allow no batches. */
    SINGLE
}
