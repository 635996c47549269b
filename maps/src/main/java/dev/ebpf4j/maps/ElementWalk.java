package dev.ebpf4j.maps;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A walk over the elements of a map, which puts each into the same memory. */
final class ElementWalk {
    private static final long BYTES_AT_ONCE = 64 * 1024;
    private static final long MOST_AT_ONCE = 4096;

    private final BatchCursor cursor;
    private final MapElement element;
    private int index;

    private ElementWalk(BpfMap map) {
        cursor = new BatchCursor(map, capacity(map), false, 0);
        Arena arena = Arena.ofAuto();
        element =
                new MapElement(arena.allocate(map.keySize(), Long.BYTES), arena.allocate(map.valueBytes(), Long.BYTES));
    }

    private static int capacity(BpfMap map) {
        long fit = BYTES_AT_ONCE / Math.max(1, (long) map.keySize() + map.valueBytes());
        return (int) Math.clamp(Integer.toUnsignedLong(map.maxEntries()), 1, Math.clamp(fit, 1, MOST_AT_ONCE));
    }

    static WalkOutcome forEach(BpfMap map, MapElement.Visitor visitor) {
        ElementWalk walk = new ElementWalk(map);
        MemorySegment key = walk.element.key();
        MemorySegment value = walk.element.value();
        while (walk.next()) {
            visitor.visit(key, value);
        }
        return walk.cursor.outcome();
    }

    static Stream<MapElement> stream(BpfMap map) {
        return StreamSupport.stream(() -> new ElementWalk(map).spliterator(), Spliterator.NONNULL, false);
    }

    private boolean next() {
        if (index == cursor.count()) {
            index = 0;
            if (!cursor.next()) {
                return false;
            }
        }
        MemorySegment key = element.key();
        MemorySegment value = element.value();
        MemorySegment.copy(cursor.keys(), cursor.keyOffset(index), key, 0, key.byteSize());
        MemorySegment.copy(cursor.values(), cursor.valueOffset(index), value, 0, value.byteSize());
        index++;
        return true;
    }

    private Spliterator<MapElement> spliterator() {
        return new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.NONNULL) {
            @Override
            public boolean tryAdvance(Consumer<? super MapElement> action) {
                boolean found = next();
                if (found) {
                    action.accept(element);
                }
                return found;
            }
        };
    }
}
