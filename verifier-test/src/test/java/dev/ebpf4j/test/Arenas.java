package dev.ebpf4j.test;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import org.junit.jupiter.api.Assumptions;

/** What tests about arenas share. */
final class Arenas {
    private Arenas() {}

    static MapSpec spec(int pages) {
        return MapSpec.builder("arena", MapType.ARENA)
                .maxEntries(pages)
                .flags(MapSpec.MMAPABLE)
                .build();
    }

    /** Aborts the test where the kernel has no arenas. */
    static void require() {
        try {
            BpfMap.create(spec(1)).close();
        } catch (BpfException e) {
            Assumptions.abort("needs a kernel with arenas, 6.9 or later: " + e.getMessage());
        }
    }
}
