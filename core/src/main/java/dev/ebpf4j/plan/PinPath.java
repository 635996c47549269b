package dev.ebpf4j.plan;

import dev.ebpf4j.spec.MapSpec;
import org.jspecify.annotations.Nullable;

/** Where a map is pinned. */
final class PinPath {
    private PinPath() {}

    static boolean isPinned(MapSpec map) {
        return map.pinPath() != null || map.pinning() == MapSpec.Pinning.BY_NAME;
    }

    /** Returns the absolute path of a map's pin. */
    static String of(MapSpec map, String root) {
        @Nullable String own = map.pinPath();
        if (own != null) {
            return own.startsWith("/") ? own : below(root, own);
        }
        return below(root, map.name().replace('.', '_')); // the file system keeps names with dots for itself
    }

    private static String below(String root, String path) {
        return root.endsWith("/") ? root + path : root + "/" + path;
    }
}
