package dev.ebpf4j.spec;

/**
 * A global variable: where it stands, and what it is. Its value is part of the map's contents.
 *
 * @param name name as written in the source
 * @param map name of the map that holds its section
 * @param offset offset into the map's value, in bytes
 * @param size size in bytes
 * @param typeId BTF id of its type, 0 without BTF
 */
public record VariableSpec(String name, String map, int offset, int size, int typeId) {}
