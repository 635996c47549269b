package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.benchmarks.peer.MapJobs.Operations;
import dev.ebpf4j.maps.BpfHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Through codecs. The objects that go in are made beforehand, as an application has them. */
final class TypedOperations<K, V> implements Operations {
    private final BpfHashMap<K, V> map;
    private final List<K> keys = new ArrayList<>();
    private final List<V> values = new ArrayList<>();
    private final ToLongFunction<V> number;

    TypedOperations(BpfHashMap<K, V> map, IntFunction<K> key, IntFunction<V> value, ToLongFunction<V> number) {
        this.map = map;
        this.number = number;
        for (int i = 0; i < MapJobs.ENTRIES; i++) {
            keys.add(key.apply(i));
            values.add(value.apply(i));
        }
        fill();
    }

    @Override
    public int lookups() {
        long sum = 0;
        for (int i = 0; i < MapJobs.ENTRIES; i++) {
            @Nullable V value = map.lookup(keys.get(i));
            if (value == null) {
                throw new IllegalStateException("no key " + i);
            }
            sum += number.applyAsLong(value);
        }
        if (sum != MapJobs.ENTRIES * (MapJobs.ENTRIES - 1L) / 2) {
            throw new IllegalStateException("wrong values");
        }
        return MapJobs.ENTRIES;
    }

    @Override
    public int updates() {
        for (int i = 0; i < MapJobs.ENTRIES; i++) {
            map.update(keys.get(i), values.get(i));
        }
        return MapJobs.ENTRIES;
    }

    @Override
    public int deletes() {
        for (int i = 0; i < MapJobs.ENTRIES; i++) {
            if (!map.delete(keys.get(i))) {
                throw new IllegalStateException("no key " + i);
            }
        }
        return MapJobs.ENTRIES;
    }

    @Override
    public int walk() {
        int[] count = {0};
        map.forEach((key, value) -> count[0]++);
        return count[0];
    }

    @Override
    public void fill() {
        updates();
    }
}
