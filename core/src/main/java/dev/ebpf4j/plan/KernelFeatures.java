package dev.ebpf4j.plan;

import java.util.Set;

/** What a kernel can do, found by trying. Implementations ask for each feature at most once. Safe for many threads. */
@FunctionalInterface
public interface KernelFeatures {
    /** An answer about a feature. */
    enum Support {
        /** The kernel has it. */
        SUPPORTED,
        /** The kernel lacks it. */
        UNSUPPORTED,
        /** It could not be found out, for want of a privilege for example. */
        UNKNOWN
    }

    /** A kernel that has everything. */
    KernelFeatures ALL = feature -> Support.SUPPORTED;

    /**
     * {@return whether the kernel has a feature}
     *
     * @param feature the feature
     */
    Support support(Feature feature);

    /**
     * {@return whether the kernel is known to lack a feature; what is not known is worth a try}
     *
     * @param feature the feature
     */
    default boolean lacks(Feature feature) {
        return support(feature) == Support.UNSUPPORTED;
    }

    /**
     * {@return the same kernel without some features, to see what an older one would get}
     *
     * @param features what the kernel shall seem to lack
     */
    default KernelFeatures without(Feature... features) {
        Set<Feature> masked = Set.of(features);
        return feature -> masked.contains(feature) ? Support.UNSUPPORTED : support(feature);
    }
}
