package dev.ebpf4j.maps;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.SharedMap.Origin;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.sys.Sys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens what is pinned at a path, or creates and pins it. Either there is a map then, or nothing was changed. */
final class Sharing {
    private final MapOpener opener;
    private final Pins pins;
    private final MapSpec wanted;
    private final @Nullable Btf btf;
    private final String path;

    Sharing(Sys sys, MapSpec wanted, @Nullable Btf btf, String path) {
        this.opener = new MapOpener(sys);
        this.pins = new Pins(sys);
        this.wanted = wanted;
        this.btf = btf;
        this.path = path;
    }

    SharedMap share(PinPolicy policy) {
        try {
            return openOrCreate();
        } catch (MapMismatchException mismatch) {
            return switch (policy) {
                case PinPolicy.Fail fail -> throw mismatch;
                case PinPolicy.Replace replace -> replace(mismatch, (old, created) -> {});
                case PinPolicy.Migrate migrate -> replace(mismatch, migrate.migration());
            };
        }
    }

    /** Whoever is overtaken by another process while creating takes that one's map. */
    private SharedMap openOrCreate() {
        SharedMap opened = open();
        if (opened != null) {
            return opened;
        }
        BpfMap created = opener.create(wanted, btf);
        if (closedOnFailure(created, () -> pin(created))) {
            return new SharedMap(created, Origin.CREATED, "");
        }
        created.close();
        SharedMap others = open();
        if (others == null) {
            throw new BpfException("pin map '" + wanted.name() + "' at " + path, Errno.of(Errno.EEXIST));
        }
        return others;
    }

    private @Nullable SharedMap open() {
        BpfMap map = opener.openPinned(path, opener.fit(wanted), btf);
        return map == null ? null : new SharedMap(map, Origin.OPENED, "");
    }

    private boolean pin(BpfMap map) {
        List<String> directories = pins.pin(map.fd(), "map '" + map.name() + "'", path);
        return directories != null;
    }

    private SharedMap replace(MapMismatchException mismatch, PinPolicy.Migration migration) {
        try (BpfMap old = opener.openPinned(path, 0)) {
            BpfMap created = opener.create(wanted, btf);
            closedOnFailure(created, () -> {
                migration.migrate(old, created);
                pins.replace(created.fd(), "map '" + created.name() + "'", path);
                return true;
            });
            return new SharedMap(created, Origin.REPLACED, mismatch.table());
        }
    }

    /** A step that may fail, and must not leave a map then. */
    private interface Step {
        boolean run();
    }

    private static boolean closedOnFailure(BpfMap map, Step step) {
        try {
            return step.run();
        } catch (Throwable t) {
            map.close();
            throw t;
        }
    }
}
