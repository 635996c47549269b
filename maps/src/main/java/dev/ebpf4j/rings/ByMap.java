package dev.ebpf4j.rings;

import dev.ebpf4j.maps.BpfMap;
import java.util.Map;

/** Hands each map's records to that map's consumer. */
record ByMap(Map<BpfMap, EventConsumer> consumers) implements EventConsumer {
    @Override
    public EventConsumer forMap(BpfMap map) {
        EventConsumer consumer = consumers.get(map);
        if (consumer == null) {
            throw new IllegalArgumentException("there is no consumer for the records of map '" + map.name() + "'");
        }
        return consumer.forMap(map);
    }

    @Override
    public void accept(Event event) {
        forMap(event.map()).accept(event);
    }

    @Override
    public void lost(BpfMap map, int cpu, long count) {
        forMap(map).lost(map, cpu, count);
    }
}
