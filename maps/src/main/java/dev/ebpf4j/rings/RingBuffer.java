package dev.ebpf4j.rings;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.sys.Sys;
import java.util.ArrayList;
import java.util.List;

/**
 * The consumer of one or more ring buffer maps; what it can do and which threads may do it stands at {@link Events}.
 *
 * @kernel 5.8
 */
public final class RingBuffer extends Events {
    private RingBuffer(Sys sys, List<Ring> rings) {
        super(sys, rings);
    }

    /**
     * Maps ring buffers into memory.
     *
     * @param maps one or more maps of type RINGBUF
     * @return their consumer, to be closed by the caller
     * @throws IllegalArgumentException if there is no map or one is not a ring buffer
     * @throws BpfException if the kernel refuses
     */
    public static RingBuffer open(BpfMap... maps) {
        if (maps.length == 0) {
            throw new IllegalArgumentException("no ring buffer map was given");
        }
        List<Ring> rings = new ArrayList<>();
        try {
            for (BpfMap map : maps) {
                rings.add(new Ring(map));
            }
        } catch (Throwable t) {
            rings.forEach(Ring::unmap);
            throw t;
        }
        return new RingBuffer(maps[0].sys(), List.copyOf(rings));
    }
}
