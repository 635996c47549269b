package dev.ebpf4j.plan;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a kernel can do, and a note for each thing that it lacks and the plan does otherwise. For one thread, one plan. */
final class Degradations {
    private final KernelFeatures features;
    private final Set<String> notes = new LinkedHashSet<>();

    Degradations(KernelFeatures features) {
        this.features = features;
    }

    /**
     * Whether the kernel is known to lack a feature; if so, this is noted. Ask only where the answer changes something.
     *
     * @param instead what the plan does then, in a few words that follow a colon
     */
    boolean lacks(Feature feature, String instead) {
        boolean lacking = features.lacks(feature);
        if (lacking) {
            notes.add("this kernel lacks " + feature.words() + " (Linux " + feature.since() + "): " + instead);
        }
        return lacking;
    }

    /** The same without a note, for what a note elsewhere has already told. */
    boolean lacks(Feature feature) {
        return features.lacks(feature);
    }

    /** Whether the kernel is known to have a feature, for what is done otherwise where that is not sure. */
    boolean has(Feature feature) {
        return features.support(feature) == KernelFeatures.Support.SUPPORTED;
    }

    /** The notes so far, in the order in which they came. */
    List<String> notes() {
        return List.copyOf(notes);
    }
}
