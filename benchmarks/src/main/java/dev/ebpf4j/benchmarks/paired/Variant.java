package dev.ebpf4j.benchmarks.paired;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is timed in each round of an area.
 *
 * @param label what the area's rows call it
 * @param peer the process that does it: {@link #LIBBPF}, or else a JVM; each name is a JVM of its own
 * @param command what the peer is told; {@code OBJECT} stands for the program that fills rings, {@code FIELDS} for one to load
 * @param produced bytes of the records that a program on the other CPU writes meanwhile; null for nothing
 */
record Variant(
        String label, String peer, String command, @Nullable String produced) {
    static final String LIBBPF = "libbpf";

    static Variant libbpf(String label, String command) {
        return new Variant(label, LIBBPF, command, null);
    }

    static Variant java(String label, String command) {
        return new Variant(label, "java", command, null);
    }

    Variant in(String jvm) {
        return new Variant(label, jvm, command, produced);
    }

    Variant producing(String recordBytes) {
        return new Variant(label, peer, command, recordBytes);
    }

    boolean isJava() {
        return !peer.equals(LIBBPF);
    }
}
