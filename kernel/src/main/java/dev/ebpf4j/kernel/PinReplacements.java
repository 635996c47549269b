package dev.ebpf4j.kernel;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.Pins;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Pins that pass from old maps to new ones once everything else has gone well. Until then a new map is pinned beside. */
final class PinReplacements {
    private final Pins pins;
    private final List<Replacement> replacements = new ArrayList<>();

    private record Replacement(BpfMap old, BpfMap created, String beside, String path) {}

    PinReplacements(Pins pins) {
        this.pins = pins;
    }

    /** Pins the new map beside the old one, and returns what undoes that. */
    AutoCloseable prepare(BpfMap old, BpfMap created, String path) {
        String beside = Pins.beside(path);
        pinNew(created, beside);
        replacements.add(new Replacement(old, created, beside, path));
        return () -> pins.remove(beside);
    }

    private void pinNew(BpfMap map, String path) {
        String what = "map '" + map.name() + "'";
        if (pins.pin(map.fd(), what, path) == null) {
            throw new BpfException("pin " + what + " at " + path, Errno.of(Errno.EEXIST));
        }
    }

    /** Moves the new maps over the old ones, each in one step; if one fails, the others are moved back. */
    void commit() {
        Deque<AutoCloseable> moved = new ArrayDeque<>();
        try {
            for (Replacement replacement : replacements) {
                pins.rename(replacement.beside(), replacement.path());
                moved.push(() -> moveBack(replacement));
            }
        } catch (Throwable failure) {
            Closing.undo(moved, failure);
            throw failure;
        }
        replacements.forEach(replacement -> replacement.old().close());
        replacements.clear();
    }

    private void moveBack(Replacement replacement) {
        pinNew(replacement.created(), replacement.beside());
        pins.replace(replacement.old().fd(), "map '" + replacement.old().name() + "'", replacement.path());
    }
}
