package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.ebpf4j.spec.MapType;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Network devices that XDP programs send packets to (DEVMAP, DEVMAP_HASH), each with a program that sees the packets before.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @kernel 4.14
 */
public final class DevMap {
    private final BpfMap map;

    private DevMap(BpfMap map) {
        this.map = map;
    }

    /**
     * An element.
     *
     * @param ifindex index of the network device
     * @param programId id of the program, 0 for none
     */
    public record Device(int ifindex, int programId) {}

    /**
     * A view of a map.
     *
     * @param map a map of type DEVMAP or DEVMAP_HASH
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     */
    public static DevMap of(BpfMap map) {
        MapTypes.require(map, MapType.DEVMAP, MapType.DEVMAP_HASH);
        return new DevMap(map);
    }

    /**
     * The device of a key.
     *
     * @param key index in a DEVMAP, any number in a DEVMAP_HASH
     * @return the device, or null where there is none
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public @Nullable Device lookup(int key) {
        try (Scratch scratch = at(key)) {
            if (!map.lookup(scratch)) {
                return null;
            }
            RedirectTarget found = RedirectTarget.read(scratch);
            return new Device(found.number(), found.program());
        }
    }

    /**
     * Sets the device of a key.
     *
     * @param key index in a DEVMAP, any number in a DEVMAP_HASH
     * @param ifindex index of a network device, as {@link java.net.NetworkInterface#getIndex} gives it
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, with EINVAL if there is no such device, with E2BIG if the key is
     *     too large or the map full
     */
    public void update(int key, int ifindex) {
        put(key, new RedirectTarget(ifindex, 0));
    }

    /**
     * Sets the device of a key, with a program that sees each packet before it leaves.
     *
     * @param key index in a DEVMAP, any number in a DEVMAP_HASH
     * @param ifindex index of a network device
     * @param programFd descriptor of an XDP program that was loaded for BPF_XDP_DEVMAP
     * @throws IllegalArgumentException if the map's values have no room for a program
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     * @kernel 5.8
     */
    public void update(int key, int ifindex, int programFd) {
        put(key, new RedirectTarget(ifindex, programFd));
    }

    private void put(int key, RedirectTarget target) {
        try (Scratch scratch = at(key)) {
            target.write(map, scratch);
            map.update(scratch, BpfMap.ANY);
        }
    }

    /**
     * Removes a device. The kernel does so too when the device goes.
     *
     * @param key its key
     * @return false where a DEVMAP_HASH has no such key
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean delete(int key) {
        try (Scratch scratch = at(key)) {
            return map.delete(scratch);
        }
    }

    /**
     * Visits the devices, in no particular order; keys without one are left out.
     *
     * @param action gets each key and its device
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void forEach(BiConsumer<Integer, Device> action) {
        KeyWalk walk = new KeyWalk(map);
        while (walk.next()) {
            int key = walk.key().get(JAVA_INT_UNALIGNED, 0);
            Device device = lookup(key);
            walk.advance();
            if (device != null) {
                action.accept(key, device);
            }
        }
    }

    private Scratch at(int key) {
        Scratch scratch = map.scratch();
        scratch.key.set(JAVA_INT_UNALIGNED, 0, key);
        return scratch;
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
