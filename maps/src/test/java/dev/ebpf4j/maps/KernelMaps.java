package dev.ebpf4j.maps;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.UnsupportedPlatformException;
import org.jspecify.annotations.Nullable;

/** Real maps for tests, where the machine allows. */
@SuppressWarnings("exports") // Tests of this module alone see it.
public final class KernelMaps {
    private KernelMaps() {}

    public static MapSpec spec(MapType type, int keySize, int valueSize, int maxEntries) {
        return MapSpec.builder("test_map", type)
                .keySize(keySize)
                .valueSize(valueSize)
                .maxEntries(maxEntries)
                .build();
    }

    /** Creates the map as it is, by way of {@code sys}. */
    public static BpfMap create(Sys sys, MapSpec spec) {
        return create(sys, spec, null);
    }

    /** Creates the map as it is, with types that stay here. */
    public static BpfMap create(Sys sys, MapSpec spec, @Nullable Btf btf) {
        return new MapOpener(sys).create(spec, new MapCreation(spec.name(), btf, 0, 0, 0, Bytes.EMPTY));
    }

    /** Creates the map, or aborts the test where this process may not. */
    public static BpfMap create(MapSpec spec) {
        try {
            return BpfMap.create(spec);
        } catch (UnsupportedPlatformException e) {
            return abort("needs Linux: " + e);
        } catch (BpfException e) {
            if (e.errno().is(Errno.EPERM) || e.errno().is(Errno.ENOSYS)) {
                return abort("needs the right to create maps (CAP_BPF or root): " + e);
            }
            throw e;
        }
    }
}
