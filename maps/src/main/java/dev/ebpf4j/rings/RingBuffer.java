package dev.ebpf4j.rings;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.sys.Sys;
import java.util.ArrayList;
import java.util.List;

/**
 * The consumer of one or more ring buffer maps; what it can do and which threads may do it stands at {@link Events}.
 *
 * <p>A ring buffer that was created with {@link dev.ebpf4j.spec.MapSpec#RB_OVERWRITE} (Linux 6.19) never refuses a record:
 * when it is full the oldest ones go. Here each of its records is copied before it is lent, since the kernel would not wait
 * for the consumer, and those that went before they were read are counted: {@link #overwrittenBytes} exactly, {@link #lost}
 * exactly if the records are equally long, else from the length of the ones that follow. {@link EventConsumer#lost} is told.
 *
 * @kernel 5.8
 */
public final class RingBuffer extends Events {
    private final List<Ring> rings;

    private RingBuffer(Sys sys, List<Ring> rings) {
        super(sys, rings);
        this.rings = rings;
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

    /**
     * The bytes that records took which were overwritten before they were read, their headers and padding included.
     *
     * @return bytes since the maps were created; 0 for ring buffers that do not overwrite; still known after {@link #close}
     */
    public long overwrittenBytes() {
        return rings.stream().mapToLong(Ring::overwrittenBytes).sum();
    }
}
