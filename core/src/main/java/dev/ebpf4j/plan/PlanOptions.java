package dev.ebpf4j.plan;

import java.util.HashSet;
import java.util.Set;

/**
 * What whoever loads an object decides about its maps.
 *
 * @param pinRoot directory in a file system of type bpf, below which pins stand whose path is not absolute
 * @param given names of the maps that the caller brings along; they are neither created nor filled
 */
public record PlanOptions(String pinRoot, Set<String> given) {
    /** Where Linux systems have their file system of type bpf. */
    public static final String DEFAULT_PIN_ROOT = "/sys/fs/bpf";

    /** Pins at their usual place, and no map from elsewhere. */
    public static final PlanOptions DEFAULT = new PlanOptions(DEFAULT_PIN_ROOT, Set.of());

    /** Copies the set. */
    public PlanOptions {
        given = Set.copyOf(given);
    }

    /**
     * {@return a copy with another place for pins}
     *
     * @param root a directory in a file system of type bpf; it need not exist if a directory above it is in one
     */
    public PlanOptions withPinRoot(String root) {
        return new PlanOptions(root, given);
    }

    /**
     * {@return a copy in which the caller brings one more map along}
     *
     * @param map name of the map in the object
     */
    public PlanOptions withGiven(String map) {
        Set<String> more = new HashSet<>(given);
        more.add(map);
        return new PlanOptions(pinRoot, more);
    }
}
