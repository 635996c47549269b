package dev.ebpf4j.btf;

/**
 * Where the own types of a table stand.
 *
 * @param offsets index of the first word of each type
 * @param named positions in {@code offsets} of those types that have a name and are no functions, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // shared inside this package, changed by nobody
record BtfStarts(int[] offsets, int[] named) {}
