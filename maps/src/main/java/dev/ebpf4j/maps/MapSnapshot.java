package dev.ebpf4j.maps;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Copies of all elements of a map. Not of one moment: others may change the map while it is copied, and {@link #outcome}
 * says what came of it. Its memory is that of the garbage collector.
 *
 * @param count how many elements
 * @param keys the keys, one after the other
 * @param values the values, one after the other
 * @param outcome how the walk over the map went
 * @param path how the elements came from the kernel
 */
public record MapSnapshot(int count, MemorySegment keys, MemorySegment values, WalkOutcome outcome, BatchPath path) {
    private static final int BEGINNING = 1024;

    static MapSnapshot of(BpfMap map, BatchCursor cursor) {
        MemorySegment keys = room(BEGINNING, map.keySize());
        MemorySegment values = room(BEGINNING, map.valueBytes());
        int room = BEGINNING;
        int count = 0;
        while (cursor.next()) {
            int more = Math.addExact(count, cursor.count());
            if (more > room) {
                room = (int) Math.min(Integer.MAX_VALUE, 2L * more);
                keys = moved(keys, count, room, map.keySize());
                values = moved(values, count, room, map.valueBytes());
            }
            append(cursor.keys(), cursor.count(), keys, count, map.keySize());
            append(cursor.values(), cursor.count(), values, count, map.valueBytes());
            count = more;
        }
        return new MapSnapshot(
                count,
                keys.asSlice(0, (long) count * map.keySize()).asReadOnly(),
                values.asSlice(0, (long) count * map.valueBytes()).asReadOnly(),
                cursor.outcome(),
                cursor.path());
    }

    private static MemorySegment room(int count, int size) {
        return Arena.ofAuto().allocate((long) count * size, Long.BYTES);
    }

    private static MemorySegment moved(MemorySegment from, int count, int room, int size) {
        MemorySegment to = room(room, size);
        MemorySegment.copy(from, 0, to, 0, (long) count * size);
        return to;
    }

    private static void append(MemorySegment from, int count, MemorySegment to, int at, int size) {
        MemorySegment.copy(from, 0, to, (long) at * size, (long) count * size);
    }
}
