package dev.ebpf4j.kernel;

import dev.ebpf4j.attacher.StructOpsAttacher;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.sys.Sys;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Kernel operations (struct_ops) whose programs are loaded, ready to be put into force: a TCP congestion control, a
 * scheduler. Part of a {@link LoadedObject}, which closes it. Safe for many threads.
 *
 * @kernel 5.6
 */
public final class StructOpsMap {
    private final Sys sys;
    private final Advice advice;
    private final BpfMap map;
    private final byte[] value;
    private final List<StructOpsLink> links = new CopyOnWriteArrayList<>();

    /** The map stays the caller's; {@code value} has the descriptors of its programs. */
    StructOpsMap(Sys sys, Advice advice, BpfMap map, byte[] value) {
        this.sys = sys;
        this.advice = advice;
        this.map = map;
        this.value = value;
    }

    /** {@return the name as the object spells it} */
    public String name() {
        return map.name();
    }

    /** {@return the map, which stays the object's; its value is zero until the operations were put into force once} */
    public BpfMap map() {
        return map;
    }

    /** {@return whether a link puts them into force: those of a section {@code .struct_ops.link}. {@code @kernel} 6.4} */
    public boolean isLinked() {
        return StructOpsAttacher.isLinked(map);
    }

    /**
     * Puts the operations into force.
     *
     * @return the link; closing it takes them out of force, and so does closing the object. Without a link of the kernel's
     *     ({@link #isLinked}) that happens once in the life of a map: it can't be attached again
     * @throws BpfException if the kernel refuses
     */
    public StructOpsLink attach() {
        try {
            StructOpsAttacher.write(map, value);
            StructOpsLink link = new StructOpsLink(sys, this, isLinked() ? StructOpsAttacher.link(sys, map) : null);
            links.removeIf(known -> !known.isOpen());
            links.add(link);
            return link;
        } catch (BpfException e) {
            throw advice.other(e, Set.of());
        }
    }

    /** Writes the value, so that a link can put the map into force. */
    void write() {
        StructOpsAttacher.write(map, value);
    }

    /** The links that are still open. */
    List<StructOpsLink> openLinks() {
        return List.copyOf(links);
    }

    @Override
    public String toString() {
        return "struct_ops '" + name() + "'";
    }
}
