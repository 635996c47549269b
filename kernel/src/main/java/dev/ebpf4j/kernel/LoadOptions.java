package dev.ebpf4j.kernel;

import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.PinPolicy;
import dev.ebpf4j.plan.PlanOptions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to load an object, where the usual way won't do. Immutable.
 *
 * @param pinRoot directory in a file system of type bpf, below which pins stand whose path is not absolute
 * @param reusedMaps maps to use in place of the object's own, by their names in the object. The loaded object has handles
 *     of its own, so these stay the caller's and may be closed when it is loaded
 * @param verifierLogging what the verifier shall write
 * @param tokenPath where the file system of type bpf is mounted that gives the right to load in a user namespace; empty for
 *     the rights of the process alone; null for what the environment variable {@code LIBBPF_BPF_TOKEN_PATH} says, or
 *     without one to try {@code /sys/fs/bpf} and do without if that gives none
 * @param pinPolicies what to do where another map is pinned than the object wants, by the maps' names in the object; those
 *     that are not named are to be as the object wants them
 */
public record LoadOptions(
        String pinRoot,
        Map<String, BpfMap> reusedMaps,
        VerifierLogging verifierLogging,
        @Nullable String tokenPath,
        Map<String, PinPolicy> pinPolicies) {
    /** The usual way: pins below {@code /sys/fs/bpf}, and all maps the object's own. */
    public static final LoadOptions DEFAULT =
            new LoadOptions(PlanOptions.DEFAULT_PIN_ROOT, Map.of(), VerifierLogging.NONE, null, Map.of());

    /** Copies the maps. */
    public LoadOptions {
        reusedMaps = Map.copyOf(reusedMaps);
        pinPolicies = Map.copyOf(pinPolicies);
    }

    /**
     * {@return a copy with another place for pins}
     *
     * @param directory a directory in a file system of type bpf; where it is missing it is made for the first pin, if one
     *     above it is in such a file system
     */
    public LoadOptions withPinRoot(String directory) {
        return new LoadOptions(directory, reusedMaps, verifierLogging, tokenPath, pinPolicies);
    }

    /**
     * {@return a copy that has the object use a map that is there already, in place of one of its own}
     *
     * @param name name of the map in the object
     * @param map the map to use; of the same type and with keys and values of the same sizes
     */
    public LoadOptions withReusedMap(String name, BpfMap map) {
        Map<String, BpfMap> more = new HashMap<>(reusedMaps);
        more.put(name, map);
        return new LoadOptions(pinRoot, more, verifierLogging, tokenPath, pinPolicies);
    }

    /**
     * {@return a copy that knows what to do where another map is pinned than the object wants. The new map takes the pin when
     * all programs are loaded; if loading fails, the old one keeps it}
     *
     * @param name name of the map in the object
     * @param policy what to do
     */
    public LoadOptions withPinPolicy(String name, PinPolicy policy) {
        Map<String, PinPolicy> more = new HashMap<>(pinPolicies);
        more.put(name, policy);
        return new LoadOptions(pinRoot, reusedMaps, verifierLogging, tokenPath, more);
    }

    /**
     * {@return a copy that has the verifier write a log of every program}
     *
     * @param logging what it shall write, and where to
     */
    public LoadOptions withVerifierLogging(VerifierLogging logging) {
        return new LoadOptions(pinRoot, reusedMaps, logging, tokenPath, pinPolicies);
    }

    /**
     * {@return a copy that loads by a BPF token, as processes in containers do}
     *
     * @param directory where a file system of type bpf is mounted with {@code delegate_…} options; empty for no token
     * @kernel 6.9
     */
    public LoadOptions withTokenPath(String directory) {
        return new LoadOptions(pinRoot, reusedMaps, verifierLogging, directory, pinPolicies);
    }

    /** {@return the part of these options that a plan is made with} */
    public PlanOptions forPlan() {
        return new PlanOptions(pinRoot, reusedMaps.keySet());
    }
}
