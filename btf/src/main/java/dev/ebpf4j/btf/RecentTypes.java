package dev.ebpf4j.btf;

import org.jspecify.annotations.Nullable;

/**
 * The records that were made last, a few of them: CO-RE asks for the same large structs again and again. Threads may
 * overwrite each other's entries, which costs a record and no more.
 */
final class RecentTypes {
    private static final int SLOTS = 64;

    private final @Nullable Entry[] entries = new Entry[SLOTS];

    private record Entry(int id, BtfType type) {}

    @Nullable
    BtfType get(int id) {
        Entry entry = entries[id & (SLOTS - 1)];
        return entry != null && entry.id() == id ? entry.type() : null;
    }

    BtfType put(int id, BtfType type) {
        entries[id & (SLOTS - 1)] = new Entry(id, type);
        return type;
    }
}
