package dev.ebpf4j.attacher;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebpf4j.attach.Link.Mechanism;
import dev.ebpf4j.attach.StructOps;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.sys.BpfAttr.LinkUpdate;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Puts kernel operations into force. Those of a section {@code .struct_ops} are so as soon as their map is written, until its
 * element is deleted; those of {@code .struct_ops.link} from when a link of the map is made, as long as it lasts.
 */
public final class StructOpsAttacher {
    private StructOpsAttacher() {}

    /**
     * {@return whether a link puts the operations of a map into force, not the map's value alone}
     *
     * @param map the map
     */
    public static boolean isLinked(BpfMap map) {
        return (map.flags() & MapSpec.LINK) != 0;
    }

    /**
     * Writes the value.
     *
     * @param map the map
     * @param value its value, with the descriptors of its programs
     * @throws BpfException if the kernel refuses
     */
    public static void write(BpfMap map, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(value.length, Long.BYTES);
            MemorySegment.copy(value, 0, segment, JAVA_BYTE, 0, value.length);
            map.update(arena.allocate(Integer.BYTES), segment, BpfMap.ANY);
        } catch (BpfException e) {
            // a link or an update wrote it before, and it never changes
            if (!isLinked(map) || !e.errno().is(Errno.EBUSY)) {
                throw failure("put struct_ops '" + map.name() + "' into force", e.errno());
            }
        }
    }

    /**
     * Makes the link of a map that is written.
     *
     * @param sys the kernel
     * @param map the map
     * @return the link, which the caller closes
     * @throws BpfException if the kernel refuses
     */
    public static FdLink link(Sys sys, BpfMap map) {
        long fd = BpfLinks.create(sys, map.fd(), 0, AttachType.STRUCT_OPS);
        if (fd < 0) {
            throw failure("put struct_ops '" + map.name() + "' into force", Errno.of(fd));
        }
        return new FdLink(sys, new StructOps(map.name()), Mechanism.BPF_LINK, fd);
    }

    /**
     * Has a link put another map, which is written, into force.
     *
     * @param sys the kernel
     * @param link the link
     * @param map the other map
     * @throws BpfException if the kernel refuses; the old map then stays in force
     */
    public static void update(Sys sys, FdLink link, BpfMap map) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(LinkUpdate.BYTES, Long.BYTES);
            attr.set(JAVA_INT, LinkUpdate.LINK_FD, link.fd());
            attr.set(JAVA_INT, LinkUpdate.NEW_MAP_FD, map.fd());
            long result = sys.bpf(Cmd.BPF_LINK_UPDATE, attr, LinkUpdate.BYTES);
            if (result < 0) {
                throw failure("replace " + link.target() + " by struct_ops '" + map.name() + "'", Errno.of(result));
            }
        }
    }

    /**
     * Takes operations without a link out of force.
     *
     * @param map their map
     * @throws BpfException if the kernel refuses
     */
    public static void delete(BpfMap map) {
        try (Arena arena = Arena.ofConfined()) {
            map.delete(arena.allocate(Integer.BYTES));
        }
    }

    private static BpfException failure(String operation, Errno errno) {
        return new BpfException(
                operation, errno, errno.is(Errno.EEXIST) ? "operations of the same name are in force already" : "");
    }
}
