package dev.ebpf4j.benchmarks.peer;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.benchmarks.peer.MapJobs.Operations;
import dev.ebpf4j.maps.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** By bytes in memory that the caller keeps. Keys and values begin with their number and are zero otherwise. */
final class ByteOperations implements Operations {
    private final BpfMap map;
    private final MemorySegment key;
    private final MemorySegment value;

    ByteOperations(BpfMap map) {
        this.map = map;
        Arena arena = Arena.ofConfined();
        key = arena.allocate(map.keySize(), Long.BYTES);
        value = arena.allocate(map.valueBytes(), Long.BYTES);
        fill();
    }

    @Override
    public int lookups() {
        long sum = 0;
        for (int i = 0; i < MapJobs.ENTRIES; i++) {
            key.set(JAVA_INT, 0, i);
            if (!map.lookup(key, value)) {
                throw new IllegalStateException("no key " + i);
            }
            sum += value.get(JAVA_LONG, 0);
        }
        if (sum != MapJobs.ENTRIES * (MapJobs.ENTRIES - 1L) / 2) {
            throw new IllegalStateException("wrong values");
        }
        return MapJobs.ENTRIES;
    }

    @Override
    public int updates() {
        for (int i = 0; i < MapJobs.ENTRIES; i++) {
            key.set(JAVA_INT, 0, i);
            value.set(JAVA_LONG, 0, i);
            map.update(key, value, BpfMap.ANY);
        }
        return MapJobs.ENTRIES;
    }

    @Override
    public int deletes() {
        for (int i = 0; i < MapJobs.ENTRIES; i++) {
            key.set(JAVA_INT, 0, i);
            if (!map.delete(key)) {
                throw new IllegalStateException("no key " + i);
            }
        }
        return MapJobs.ENTRIES;
    }

    @Override
    public int walk() {
        int count = 0;
        for (boolean more = map.nextKey(null, key); more; more = map.nextKey(key, key)) {
            count++;
        }
        if (count != MapJobs.ENTRIES) {
            throw new IllegalStateException(count + " keys");
        }
        return count;
    }

    @Override
    public void fill() {
        value.fill((byte) 0);
        key.fill((byte) 0);
        updates();
    }
}
