package dev.ebpf4j.maps;

import dev.ebpf4j.spec.MapType;

/**
 * What the kernel says of a map, at one moment.
 *
 * @param type the type
 * @param id the id, unique among the maps that exist now
 * @param name the name, at most 15 bytes
 * @param keySize bytes of a key
 * @param valueSize bytes of a value; of per-CPU maps, of one CPU's value
 * @param maxEntries how many elements, or how many bytes of a ring buffer
 * @param flags creation flags {@code BPF_F_…}
 * @param mapExtra what some types need beside
 * @param types where the kernel keeps the BTF of keys and values
 */
public record MapInfo(
        MapType type,
        int id,
        String name,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        long mapExtra,
        Types types) {
    /**
     * The BTF of a map's keys and values.
     *
     * @param btfId id of the BTF in the kernel, or 0 where there is none
     * @param keyTypeId type id of the keys in that BTF, or 0
     * @param valueTypeId type id of the values in that BTF, or 0
     */
    public record Types(int btfId, int keyTypeId, int valueTypeId) {}
}
